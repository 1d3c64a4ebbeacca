// What Home Assistant says, in memory that is not scarce. SmallMessage.cpp is the
// other.

#include "Message.h"

#include "Config.h"

#if !SENSORBOARD_IS_SMALL

namespace sensorboard {

namespace {

// Words, each with a zero, and another at the end.
const char Types[] SENSORBOARD_FLASH = "hello\0welcome\0settings\0set\0value\0error\0me"
                                       "ssage\0ack\0challenge\0pair\0waiting\0"
                                       "paired\0rotate\0";

const char Members[] SENSORBOARD_FLASH =
    "type\0value\0id\0time\0offset\0interval\0key\0message\0backlog\0code\0batch\0"
    "nonce\0proof\0vouch\0unit\0data\0";

enum Member : uint8_t {
  NoMember,
  TypeMember,
  ValueMember,
  IdMember,
  TimeMember,
  OffsetMember,
  IntervalMember,
  KeyMember,
  MessageMember,
  BacklogMember,
  CodeMember,
  BatchMember,
  NonceMember,
  ProofMember,
  VouchMember,
  UnitMember,
  DataMember,
};

uint32_t bitOf(uint8_t member) { return uint32_t(1) << member; }

} // namespace

bool Message::read(char *text_, size_t length, bool isTooLong) {
  *this = Message();
  key = code = message = unit = batch = nonce = proof = vouch = text = "";
  JsonReader json(text_, length);
  char *end = nullptr; // of data that is no text
  uint32_t seen = 0;   // a bit for each member, and one for those that are not known
  while (json.next()) {
    const char **target;
    const uint8_t member = numberOf(json.key(), Members);
    if ((seen & bitOf(member)) != 0 && member != NoMember) {
      return false;
    }
    seen |= bitOf(member);
    if (member == DataMember) {
      raw_ = json.raw();
      end = json.rawEnd();
    }
    switch (member) {
    case TypeMember:
      type = static_cast<MessageType>(numberOf(json.text(), Types));
      continue;
    case ValueMember:
    case DataMember:
      kind_ = json.kind();
      boolean_ = json.boolean();
      number_ = json.exact();
      target = &text;
      break;
    case IdMember:
      id_ = static_cast<int32_t>(json.integer());
      continue;
    case TimeMember:
      time_ = json.integer();
      continue;
    case OffsetMember:
      offset_ = static_cast<int32_t>(json.integer());
      continue;
    case IntervalMember:
      interval_ =
          static_cast<uint16_t>(json.integer() <= UINT16_MAX ? json.integer() : 0);
      continue;
    case KeyMember:
      target = &key;
      break;
    case MessageMember:
      target = &message;
      break;
    case BacklogMember:
      takesBacklog_ = json.boolean();
      continue;
    case CodeMember:
      target = &code;
      break;
    case BatchMember:
      target = &batch;
      break;
    case NonceMember:
      target = &nonce;
      break;
    case ProofMember:
      target = &proof;
      break;
    case VouchMember:
      target = &vouch;
      break;
    case UnitMember:
      target = &unit;
      break;
    default:
      continue;
    }
    *target = json.text();
  }
  if (type == MessageType::Hello && seen != bitOf(TypeMember)) {
    type = MessageType::Unknown; // the board's own, which came back
  }
  if (isTooLong) {
    const bool isPersonal = type == MessageType::Personal && id_ != 0;
    type = MessageType::TooLong;
    return isPersonal;
  }
  uint32_t others = 0; // that do not belong to this type
  if (type == MessageType::Set) {
    others = bitOf(UnitMember) | bitOf(DataMember);
  } else if (type == MessageType::Value) {
    others = bitOf(DataMember);
  } else if (type == MessageType::Personal) {
    others =
        ~(bitOf(NoMember) | bitOf(TypeMember) | bitOf(IdMember) | bitOf(DataMember));
  }
  if (!json.complete() || (seen & others) != 0 ||
      (type == MessageType::Personal && end == nullptr)) {
    return false;
  }
  if (end != nullptr && !isText()) {
    *end = '\0';
  }
  return true;
}

} // namespace sensorboard

#endif
