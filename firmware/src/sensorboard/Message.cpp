// What Home Assistant says, in memory that is not scarce. SmallMessage.cpp is the
// other.

#include "Message.h"

#include "Config.h"

#if !SENSORBOARD_IS_SMALL

namespace sensorboard {

namespace {

// Words, each with a zero, and another at the end.
const char Types[] SENSORBOARD_FLASH =
    "hello\0welcome\0settings\0set\0value\0error\0ack\0challenge\0pair\0waiting\0"
    "paired\0rotate\0";

const char Members[] SENSORBOARD_FLASH =
    "type\0value\0id\0time\0offset\0interval\0key\0message\0backlog\0code\0batch\0"
    "nonce\0proof\0vouch\0unit\0";

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
};

uint16_t bitOf(uint8_t member) { return static_cast<uint16_t>(1u << member); }

} // namespace

bool Message::read(char *text_, size_t length) {
  *this = Message();
  key = code = message = unit = batch = nonce = proof = vouch = text = "";
  JsonReader json(text_, length);
  uint16_t seen = 0; // a bit for each member, and one for those that are not known
  while (json.next()) {
    const char **target;
    const uint8_t member = numberOf(json.key(), Members);
    if ((seen & bitOf(member)) != 0 && member != NoMember) {
      return false;
    }
    seen |= bitOf(member);
    switch (member) {
    case TypeMember:
      type = static_cast<MessageType>(numberOf(json.text(), Types));
      continue;
    case ValueMember:
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
  const bool isJoined = type == MessageType::Set && (seen & bitOf(UnitMember)) != 0;
  return json.complete() && !isJoined;
}

} // namespace sensorboard

#endif
