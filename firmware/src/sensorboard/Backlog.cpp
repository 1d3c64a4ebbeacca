#include "Backlog.h"

#include "Link.h"

namespace sensorboard {

namespace {

// A record begins with its state and its length in two bytes, and the time since the
// one before it. Then come its values: type and channel in a byte, or in two if the
// channel's number is large, and what the type has behind it.
//
// A number is its digits: twice of them, or one less if it is negative, with 7 bits in
// each byte, the lowest first. Where the type does not tell how many decimals it has,
// that is in the three lowest bits of the first byte, or, if they are all set, in the
// two bytes behind the number: it is negative then.
constexpr size_t HeaderSize = 2;
constexpr uint8_t StateShift = 5;
constexpr uint8_t LengthMask = (1 << StateShift) - 1; // of the first byte
constexpr size_t MaxLength = LengthMask << 8 | 0xff;
constexpr uint8_t MaxTimeSize = 5; // of 32 bits
constexpr uint8_t TypeShift = 5;
constexpr uint8_t OtherByte = (1 << TypeShift) - 1; // the channel is in the next one
constexpr uint8_t PointBits = 3;
constexpr uint8_t OtherPoint = (1 << PointBits) - 1;
constexpr uint8_t PointSize = 2;
constexpr uint8_t MaxNumberSize = 10 + PointSize; // of 64 bits
constexpr uint8_t ColorSize = 3;
constexpr uint8_t MaxTextSize = 255;

// No age is written longer than this one.
constexpr double OldestAge = UINT32_MAX / 10.0;

// Around the readings of a batch.
constexpr size_t BracketsSize = 2;

constexpr uint16_t TicksPerMinute = 600;

uint16_t capped(size_t count) {
  return count < UINT16_MAX ? static_cast<uint16_t>(count) : UINT16_MAX;
}

void increase(uint16_t &counter, uint16_t by = 1) {
  counter = by < UINT16_MAX - counter ? static_cast<uint16_t>(counter + by)
                                      : static_cast<uint16_t>(UINT16_MAX);
}

// A time, with 7 bits in each byte, the lowest first. The last byte has its top bit
// free.
uint8_t toBytes(uint32_t time, uint8_t (&bytes)[MaxTimeSize]) {
  uint8_t size = 0;
  while (time >= 0x80) {
    bytes[size++] = static_cast<uint8_t>(time | 0x80);
    time >>= 7;
  }
  bytes[size++] = static_cast<uint8_t>(time);
  return size;
}

} // namespace

Backlog::Backlog(uint8_t *ring, size_t size)
    : ring_(ring), size_(size), first_(0), used_(0), gone_(0), begun_(0), begunAt_(0),
      time_(0), lastTime_(0), isBegun_(false), isFailed_(false), waiting_(0),
      inBatch_(0), sent_(0), marked_(0), arrived_(0), goneSent_(0), goneMarked_(0),
      dropped_(0), batch_(0), rateBytes_(0), rateTime_(0), ratedAt_(0),
      isRated_(false) {}

uint16_t Backlog::count() const { return capped(waiting_ + inBatch_); }

uint16_t Backlog::minutes() const {
  if (rateBytes_ == 0) {
    return 0;
  }
  float minutes = static_cast<float>(rateTime_) / TicksPerMinute *
                  static_cast<float>(size_) / static_cast<float>(rateBytes_);
  return minutes < UINT16_MAX ? static_cast<uint16_t>(minutes)
                              : static_cast<uint16_t>(UINT16_MAX);
}

// A reading is taken.

void Backlog::begin(uint32_t now) {
  // A clock that goes back would be a step forward of 13 years.
  bool isBack = used_ > 0 && static_cast<int32_t>(now - lastTime_) < 0;
  begunAt_ = isBack ? lastTime_ : now;
  cancel();
}

// Takes back what there is of a reading.
void Backlog::cancel() {
  if (isBegun_) {
    used_ = begun_;
  }
  isBegun_ = false;
  isFailed_ = false;
}

void Backlog::add(uint8_t channel, const Decimal &value) {
  if (!value.isNumber()) {
    addValue(channel, Type::Null, nullptr, 0);
    return;
  }
  Decimal number = value;
  number.shorten();
  const Type type = number.point == 0   ? Type::Whole
                    : number.point == 2 ? Type::Hundredths
                                        : Type::Number;
  Decimal::Magnitude digits = static_cast<Decimal::Magnitude>(number.mantissa) << 1;
  if (number.mantissa < 0) {
    digits = ~digits;
  }
  uint8_t bytes[MaxNumberSize];
  uint8_t size = 0;
  uint8_t bits = 7;
  uint8_t low = 0;
  if (type == Type::Number) {
    bits = 7 - PointBits;
    low = number.point > 0 ? static_cast<uint8_t>(number.point) : OtherPoint;
  }
  for (;;) {
    const uint8_t part = static_cast<uint8_t>(digits & ((1u << bits) - 1));
    bytes[size] = static_cast<uint8_t>(part << (7 - bits) | low);
    digits >>= bits;
    if (digits == 0) {
      break;
    }
    bytes[size++] |= 0x80;
    bits = 7;
    low = 0;
  }
  size++;
  if (number.point < 0) {
    const uint16_t zeros = static_cast<uint16_t>(-number.point);
    bytes[size++] = static_cast<uint8_t>(zeros >> 8);
    bytes[size++] = static_cast<uint8_t>(zeros);
  }
  addValue(channel, type, bytes, size);
}

void Backlog::add(uint8_t channel, bool value) {
  addValue(channel, value ? Type::True : Type::False, nullptr, 0);
}

void Backlog::add(uint8_t channel, const char *value) {
  if (value == nullptr) {
    addValue(channel, Type::Null, nullptr, 0);
    return;
  }
  uint8_t size = 0;
  while (size < MaxTextSize && value[size] != '\0') {
    size++;
  }
  // Not in the middle of a character.
  while (size > 0 && (static_cast<uint8_t>(value[size]) & 0xc0) == 0x80) {
    size--;
  }
  addValue(channel, Type::Text, value, size);
}

void Backlog::addColor(uint8_t channel, uint32_t value) {
  const uint8_t bytes[ColorSize] = {static_cast<uint8_t>(value >> 16),
                                    static_cast<uint8_t>(value >> 8),
                                    static_cast<uint8_t>(value)};
  addValue(channel, Type::Color, bytes, sizeof(bytes));
}

void Backlog::addValue(uint8_t channel, Type type, const void *bytes, uint8_t size) {
  uint8_t head[3] = {channel, 0, 0};
  uint8_t headSize = 1;
  if (channel >= OtherByte) {
    head[0] = OtherByte;
    head[headSize++] = channel;
  }
  head[0] = static_cast<uint8_t>(head[0] | static_cast<uint8_t>(type) << TypeShift);
  if (type == Type::Text) {
    head[headSize++] = size;
  }
  if (!isFailed_) {
    isFailed_ = !((isBegun_ || open()) && append(head, headSize) &&
                  append(static_cast<const uint8_t *>(bytes), size));
  }
}

void Backlog::addNothing() {
  // If there is no room, nothing is missing.
  if (!isFailed_ && !isBegun_) {
    isBegun_ = open();
  }
}

bool Backlog::open() {
  uint8_t time[MaxTimeSize];
  uint8_t size;
  // What goes to make room can be what the time was counted from.
  do {
    size = toBytes(used_ > 0 ? begunAt_ - lastTime_ : 0, time);
    if (size_ - used_ >= static_cast<size_t>(HeaderSize + size)) {
      begun_ = used_;
      if (used_ == 0) {
        time_ = begunAt_;
      }
      used_ += HeaderSize + size;
      put(begun_ + HeaderSize, time, size);
      putHeader(begun_, State::Begun, HeaderSize + size);
      isBegun_ = true;
      return true;
    }
  } while (makeRoom(HeaderSize + size));
  return false;
}

bool Backlog::append(const uint8_t *bytes, size_t size) {
  if (used_ - begun_ + size > MaxLength || !makeRoom(size)) {
    return false;
  }
  put(used_, bytes, size);
  used_ += size;
  putHeader(begun_, State::Begun, used_ - begun_);
  return true;
}

bool Backlog::makeRoom(size_t size) {
  while (size_ - used_ < size) {
    Record oldest;
    if (gone_ > 0) {
      squeeze();
    } else if (first(oldest) && oldest.state != State::Begun) {
      drop(oldest);
      collect();
    } else {
      return false;
    }
  }
  return true;
}

void Backlog::end(bool isSent) {
  if (isFailed_) {
    cancel();
    increase(isSent ? goneSent_ : dropped_);
  } else if (isBegun_) {
    size_t length = used_ - begun_;
    putHeader(begun_, isSent ? State::Sent : State::Waiting, length);
    (isSent ? sent_ : waiting_)++;
    lastTime_ = begunAt_;

    if (isRated_) {
      rateBytes_ += static_cast<uint32_t>(length);
      rateTime_ += begunAt_ - ratedAt_;
    }
    isRated_ = true;
    ratedAt_ = begunAt_;
    // What was long ago counts less and less.
    if (rateBytes_ / 4 > size_) {
      rateBytes_ /= 2;
      rateTime_ /= 2;
    }
  }
  isBegun_ = false;
  isFailed_ = false;
}

// What becomes of it.

void Backlog::mark() {
  changeAll(State::Sent, State::Marked);
  marked_ += sent_;
  sent_ = 0;
  increase(goneMarked_, goneSent_);
  goneSent_ = 0;
}

void Backlog::arrived() {
  changeAll(State::Arrived, State::Gone);
  changeAll(State::Marked, State::Arrived);
  arrived_ = marked_;
  marked_ = 0;
  goneMarked_ = 0;
  collect();
}

void Backlog::lost() {
  changeAll(State::Sent, State::Waiting);
  changeAll(State::Marked, State::Waiting);
  changeAll(State::Arrived, State::Waiting);
  waiting_ += sent_ + marked_ + arrived_;
  sent_ = marked_ = arrived_ = 0;
  increase(dropped_, goneSent_);
  increase(dropped_, goneMarked_);
  goneSent_ = goneMarked_ = 0;
}

bool Backlog::prepare(size_t room, const Channel *channels) {
  if (inBatch_ > 0) {
    return true;
  }
  size_t left = room < BracketsSize ? 0 : room - BracketsSize;
  Record record;
  for (bool isThere = first(record); isThere; isThere = next(record)) {
    if (record.state != State::Waiting) {
      continue;
    }
    CountingPrint counter;
    JsonWriter json(counter);
    writeReading(json, OldestAge, record, channels);
    size_t length = counter.count() + (inBatch_ > 0 ? 1 : 0); // and a comma
    if (length <= left) {
      left -= length;
      setState(record, State::Batch);
      waiting_--;
      inBatch_++;
    } else if (inBatch_ > 0) {
      break;
    } else {
      drop(record);
    }
  }
  collect();
  if (inBatch_ > 0) {
    batch_++;
  }
  return inBatch_ > 0;
}

void Backlog::delivered() {
  changeAll(State::Batch, State::Gone);
  inBatch_ = 0;
  collect();
}

void Backlog::refused() {
  increase(dropped_, capped(inBatch_));
  delivered();
}

void Backlog::drop(const Record &record) {
  // That the board was there is no reading that is missing.
  const uint16_t hasValues = record.values < record.end;
  switch (record.state) {
  case State::Waiting:
    waiting_--;
    increase(dropped_, hasValues);
    break;
  case State::Batch:
    inBatch_--;
    increase(dropped_, hasValues);
    break;
  case State::Sent:
    sent_--;
    increase(goneSent_, hasValues);
    break;
  case State::Marked:
    marked_--;
    increase(goneMarked_, hasValues);
    break;
  case State::Arrived:
    arrived_--;
    break;
  case State::Begun:
  case State::Gone:
    break;
  }
  setState(record, State::Gone);
}

void Backlog::changeAll(State from, State to) {
  Record record;
  for (bool isThere = first(record); isThere; isThere = next(record)) {
    if (record.state == from) {
      setState(record, to);
    }
  }
}

// What is written of it.

void Backlog::write(JsonWriter &json, uint32_t now, const Channel *channels) const {
  json.beginArray();
  Record record;
  for (bool isThere = first(record); isThere; isThere = next(record)) {
    if (record.state == State::Batch) {
      uint32_t age = now - record.time;
      bool isAhead = static_cast<int32_t>(age) < 0;
      writeReading(json, isAhead ? 0 : age / 10.0, record, channels);
    }
  }
  json.endArray();
}

void Backlog::writeReading(JsonWriter &json, double age, const Record &record,
                           const Channel *channels) const {
  json.beginObject();
  json.key(F("age")).number(age, 1);
  size_t place = record.values;
  while (place < record.end) {
    uint8_t head, number;
    take(place, &head, 1);
    number = head & OtherByte;
    if (number == OtherByte) {
      take(place, &number, 1);
    }
    json.key(channels[number].key());
    writeValue(json, place, static_cast<Type>(head >> TypeShift), channels[number]);
  }
  json.endObject();
}

void Backlog::writeValue(JsonWriter &json, size_t &place, Type type,
                         const Channel &channel) const {
  switch (type) {
  case Type::Null:
    json.null();
    break;
  case Type::False:
  case Type::True:
    json.boolean(type == Type::True);
    break;
  case Type::Number:
  case Type::Whole:
  case Type::Hundredths: {
    // As it is written elsewhere: with zeros at its end if its precision says so.
    Decimal value = takeNumber(place, type);
    if (channel.hasPrecision()) {
      value.lengthen(channel.decimals());
    }
    json.number(value);
    break;
  }
  case Type::Color: {
    uint8_t bytes[ColorSize];
    char text[1 + 2 * ColorSize + 1] = "#";
    take(place, bytes, sizeof(bytes));
    toHex(bytes, sizeof(bytes), text + 1);
    json.text(text);
    break;
  }
  case Type::Text: {
    uint8_t size;
    char text[MaxTextSize + 1];
    take(place, &size, 1);
    take(place, text, size);
    text[size] = '\0';
    json.text(text);
    break;
  }
  }
}

Decimal Backlog::takeNumber(size_t &place, Type type) const {
  uint8_t byte;
  take(place, &byte, 1);
  Decimal number;
  number.point = type == Type::Hundredths ? 2 : 0;
  uint8_t shift = 7;
  Decimal::Magnitude digits = byte & 0x7f;
  if (type == Type::Number) {
    number.point = byte & OtherPoint;
    shift = 7 - PointBits;
    digits >>= PointBits;
  }
  while (byte & 0x80) {
    take(place, &byte, 1);
    digits |= static_cast<Decimal::Magnitude>(byte & 0x7f) << shift;
    shift = static_cast<uint8_t>(shift + 7);
  }
  if (number.point == OtherPoint) {
    uint8_t zeros[PointSize];
    take(place, zeros, sizeof(zeros));
    number.point = static_cast<Decimal::Point>(-(zeros[0] << 8 | zeros[1]));
  }
  number.mantissa = static_cast<Decimal::Mantissa>(digits >> 1);
  if (digits & 1) {
    number.mantissa = ~number.mantissa;
  }
  return number;
}

// The ring.

bool Backlog::first(Record &record) const {
  record.end = 0;
  record.time = 0;
  return next(record);
}

bool Backlog::next(Record &record) const {
  if (record.end == used_) {
    return false;
  }
  record.begin = record.end;
  uint8_t header[HeaderSize];
  size_t place = record.begin;
  take(place, header, HeaderSize);
  record.state = static_cast<State>(header[0] >> StateShift);
  size_t length = static_cast<size_t>(header[0] & LengthMask) << 8 | header[1];
  record.end = record.begin + length;
  uint32_t later = takeTime(place);
  record.time = record.begin == 0 ? time_ : record.time + later;
  record.values = place;
  return true;
}

void Backlog::setState(const Record &record, State state) {
  putHeader(record.begin, state, record.end - record.begin);
  if (state == State::Gone) {
    gone_ += record.end - record.begin;
  }
}

void Backlog::collect() {
  Record record;
  while (first(record) && record.state == State::Gone) {
    Record second = record;
    if (next(second)) {
      time_ = second.time;
    }
    size_t untilEnd = size_ - first_;
    first_ = record.end < untilEnd ? first_ + record.end : record.end - untilEnd;
    used_ -= record.end;
    if (isBegun_) {
      begun_ -= record.end;
    }
    gone_ -= record.end;
  }
}

// Moves all together, so that what is gone takes up no room any more. A record can get
// longer by that, since more time has passed since the one before it, but never by as
// much as that one was long: nothing is written over what has not been read yet.
void Backlog::squeeze() {
  size_t to = 0;
  uint32_t before = 0;
  Record record;
  for (bool isThere = first(record); isThere; isThere = next(record)) {
    if (record.state == State::Gone) {
      continue;
    }
    if (to == 0) {
      time_ = before = record.time;
    }
    uint8_t time[MaxTimeSize];
    uint8_t timeSize = toBytes(record.time - before, time);
    before = record.time;
    if (record.state == State::Begun) {
      begun_ = to;
    } else {
      lastTime_ = record.time;
    }
    size_t size = record.end - record.values;
    putHeader(to, record.state, HeaderSize + timeSize + size);
    put(to + HeaderSize, time, timeSize);
    to += HeaderSize + timeSize;
    for (size_t from = record.values; from < record.end; from++) {
      at(to++) = at(from);
    }
  }
  used_ = to;
  gone_ = 0;
}

void Backlog::put(size_t place, const void *bytes, size_t size) {
  const uint8_t *from = static_cast<const uint8_t *>(bytes);
  for (size_t i = 0; i < size; i++) {
    at(place + i) = from[i];
  }
}

void Backlog::take(size_t &place, void *bytes, size_t size) const {
  uint8_t *to = static_cast<uint8_t *>(bytes);
  for (size_t i = 0; i < size; i++) {
    to[i] = at(place++);
  }
}

uint32_t Backlog::takeTime(size_t &place) const {
  uint32_t time = 0;
  uint8_t byte;
  uint8_t shift = 0;
  do {
    take(place, &byte, 1);
    time |= static_cast<uint32_t>(byte & 0x7f) << shift;
    shift = static_cast<uint8_t>(shift + 7);
  } while (byte & 0x80);
  return time;
}

void Backlog::putHeader(size_t place, State state, size_t length) {
  const uint8_t header[HeaderSize] = {
      static_cast<uint8_t>(static_cast<uint8_t>(state) << StateShift | length >> 8),
      static_cast<uint8_t>(length)};
  put(place, header, sizeof(header));
}

} // namespace sensorboard
