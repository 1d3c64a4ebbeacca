#include "X25519.h"

#include <string.h>

namespace sensorboard {

namespace {

constexpr uint8_t Limbs = 16;

// A number modulo p = 2^255 - 19: limbs of 16 bits, the lowest first, which together
// are any number below 2^256. What goes over comes back 38 times at the bottom, since
// that is 2^256 modulo p. So the product of two limbs has 32 bits: Cortex-M0+ and
// ESP8266 have no instruction for a longer one, and AVR could not bear it.
struct Number {
  uint16_t limb[Limbs];
};

// Adds something to a number. Returns what goes over.
uint32_t addSmall(Number &number, uint32_t sum) {
  for (uint8_t i = 0; i < Limbs; i++) {
    sum += number.limb[i];
    number.limb[i] = static_cast<uint16_t>(sum);
    sum >>= 16;
  }
  return sum;
}

// Brings back what went over, which is less than 2^21.
void bringBack(Number &number, uint32_t over) {
  over = addSmall(number, 38 * over);
  // If something goes over once more, what is left is less than what was added: all
  // limbs but two are zero, and nothing goes over these.
  const uint32_t sum = number.limb[0] + 38 * over;
  number.limb[0] = static_cast<uint16_t>(sum);
  number.limb[1] = static_cast<uint16_t>(number.limb[1] + (sum >> 16));
}

void add(Number &sum, const Number &one, const Number &other) {
  uint32_t carry = 0;
  for (uint8_t i = 0; i < Limbs; i++) {
    carry += static_cast<uint32_t>(one.limb[i]) + other.limb[i];
    sum.limb[i] = static_cast<uint16_t>(carry);
    carry >>= 16;
  }
  bringBack(sum, carry);
}

void subtract(Number &difference, const Number &one, const Number &other) {
  // 4p = 2 * (2^256 - 38) is zero as well, and keeps each limb from going below it.
  uint32_t zero = 2 * uint32_t{0xffda};
  uint32_t carry = 0;
  for (uint8_t i = 0; i < Limbs; i++) {
    carry += zero + one.limb[i] - other.limb[i];
    difference.limb[i] = static_cast<uint16_t>(carry);
    carry >>= 16;
    zero = 2 * uint32_t{0xffff};
  }
  bringBack(difference, carry);
}

// Multiplies by a24 of RFC 7748, which is 121665 = 2^16 + 56129.
void multiplyByA24(Number &product, const Number &factor) {
  uint32_t before = uint32_t{38} * factor.limb[Limbs - 1];
  uint32_t carry = 0;
  for (uint8_t i = 0; i < Limbs; i++) {
    const uint32_t limb = factor.limb[i];
    // At most 65535 * 56129 + 38 * 65535 + 65535, which has 32 bits.
    carry += 56129 * limb + before;
    product.limb[i] = static_cast<uint16_t>(carry);
    carry >>= 16;
    before = limb;
  }
  bringBack(product, carry);
}

// Brings a number below p: then it has only one way to be written.
void reduce(Number &number) {
  uint16_t &highest = number.limb[Limbs - 1];
  // 2^255 is 19.
  uint32_t over = highest >> 15;
  highest &= 0x7fff;
  addSmall(number, 19 * over);
  // What is left is less than 2^255 + 19, so p is in it at most once: exactly when
  // adding 19 makes it reach 2^255.
  uint32_t carry = 19;
  for (uint8_t i = 0; i < Limbs - 1; i++)
    carry = (carry + number.limb[i]) >> 16;
  over = (carry + highest) >> 15;
  addSmall(number, 19 * over);
  highest &= 0x7fff;
}

// The sums of the halves of up to 16 products: less than 2^20 each, so that nothing
// has to be carried meanwhile.
struct Sums {
  uint32_t low;
  uint32_t high;
};

// Multiplies limbs pairwise, in one number upwards from there, in the other downwards.
inline Sums sumProducts(const uint16_t *up, const uint16_t *down, uint_fast8_t count) {
  Sums sums = {0, 0};
  for (; count != 0; count--) {
    // An int may have 16 bits.
    const uint32_t product = static_cast<uint32_t>(*up++) * *down--;
    sums.low += product & 0xffff;
    sums.high += product >> 16;
  }
  return sums;
}

// The Montgomery ladder of RFC 7748, section 5, with the numbers that it needs: they
// stand together to be wiped together.
class Ladder {
public:
  ~Ladder() { wipe(this, sizeof(*this)); }

  void run(const uint8_t (&privateKey)[KeySize], const uint8_t (&publicKey)[KeySize],
           uint8_t (&result)[KeySize]);

  // All three may be the same number.
  void multiply(Number &product, const Number &one, const Number &other);

private:
  void square(Number &number, uint8_t times);
  void swapIf(uint8_t one);
  void step();
  void invert(Number &number);

  Number x1_;
  Number x2_;
  Number z2_;
  Number x3_;
  Number z3_;
  Number a_;
  Number b_;
  Number product_;
  uint8_t scalar_[KeySize];
};

void Ladder::multiply(Number &product, const Number &one, const Number &other) {
  uint32_t carry = 0;
  for (uint8_t k = 0; k < Limbs; k++) {
    // The limbs whose places add up to k, and those whose places add up to k + 16.
    const uint8_t count = static_cast<uint8_t>(k + 1);
    const uint8_t rest = static_cast<uint8_t>(Limbs - count);
    const Sums here = sumProducts(one.limb, other.limb + k, count);
    const Sums over = sumProducts(one.limb + count, other.limb + Limbs - 1, rest);
    carry += here.low + 38 * over.low;
    product_.limb[k] = static_cast<uint16_t>(carry);
    carry = (carry >> 16) + here.high + 38 * over.high;
  }
  // At the highest place, nothing comes over from above it: the carry is 2^20 and a
  // little at most.
  product = product_;
  bringBack(product, carry);
}

void Ladder::square(Number &number, uint8_t times) {
  while (times-- != 0)
    multiply(number, number, number);
}

// Exchanges the two points of the ladder, or does the same work for nothing.
void Ladder::swapIf(uint8_t one) {
  uint16_t mask = static_cast<uint16_t>(0 - one);
  // The compiler must not see that the mask is one of two, and make a branch of it.
  __asm__("" : "+r"(mask));
  for (uint8_t i = 0; i < Limbs; i++) {
    const uint16_t x = mask & (x2_.limb[i] ^ x3_.limb[i]);
    x2_.limb[i] ^= x;
    x3_.limb[i] ^= x;
    const uint16_t z = mask & (z2_.limb[i] ^ z3_.limb[i]);
    z2_.limb[i] ^= z;
    z3_.limb[i] ^= z;
  }
}

void Ladder::step() {
  // On the right, what RFC 7748 calls it.
  add(a_, x2_, z2_);       // A
  subtract(b_, x2_, z2_);  // B
  add(x2_, x3_, z3_);      // C
  subtract(z2_, x3_, z3_); // D
  multiply(z2_, z2_, a_);  // DA
  multiply(x2_, x2_, b_);  // CB
  add(x3_, z2_, x2_);
  square(x3_, 1); // x_3
  subtract(z3_, z2_, x2_);
  square(z3_, 1);
  multiply(z3_, z3_, x1_); // z_3
  square(a_, 1);           // AA
  square(b_, 1);           // BB
  multiply(x2_, a_, b_);   // x_2
  subtract(b_, a_, b_);    // E
  multiplyByA24(z2_, b_);
  add(z2_, z2_, a_);
  multiply(z2_, z2_, b_); // z_2
}

// Raises a number to the power of p - 2 = 2^5 * (2^250 - 1) + 11, which inverts it.
void Ladder::invert(Number &number) {
  // With n ones, the exponent 2^n - 1: they are doubled, and one more is added where
  // 250 has a 1 among its binary digits.
  a_ = number;
  uint8_t ones = 1;
  for (unsigned digit = 0x40; digit != 0; digit >>= 1) {
    b_ = a_;
    square(a_, ones);
    multiply(a_, a_, b_);
    ones = static_cast<uint8_t>(2 * ones);
    if ((250 & digit) != 0) {
      square(a_, 1);
      multiply(a_, a_, number);
      ones++;
    }
  }
  for (unsigned digit = 0x10; digit != 0; digit >>= 1) {
    square(a_, 1);
    if ((11 & digit) != 0)
      multiply(a_, a_, number);
  }
  number = a_;
}

void Ladder::run(const uint8_t (&privateKey)[KeySize],
                 const uint8_t (&publicKey)[KeySize], uint8_t (&result)[KeySize]) {
  memcpy(scalar_, privateKey, sizeof(scalar_));
  scalar_[0] &= 0xf8;
  // The highest bit is to be cleared as well, but it is not read below.
  scalar_[KeySize - 1] |= 0x40;

  for (uint8_t i = 0; i < Limbs; i++)
    x1_.limb[i] = static_cast<uint16_t>(
        publicKey[2 * i] | static_cast<uint16_t>(publicKey[2 * i + 1]) << 8);
  x1_.limb[Limbs - 1] &= 0x7fff;

  memset(&x2_, 0, sizeof(x2_));
  memset(&z2_, 0, sizeof(z2_));
  memset(&z3_, 0, sizeof(z3_));
  x2_.limb[0] = 1;
  x3_ = x1_;
  z3_.limb[0] = 1;

  uint8_t swapped = 0;
  for (uint8_t t = 255; t-- != 0;) {
    const uint8_t digit = scalar_[t / 8] >> t % 8 & 1;
    swapIf(swapped ^ digit);
    swapped = digit;
    step();
  }
  // The last digit was cleared, so nothing is left to be swapped back.
  invert(z2_);
  multiply(x2_, x2_, z2_);
  reduce(x2_);
  for (uint8_t i = 0; i < KeySize; i++)
    result[i] = static_cast<uint8_t>(x2_.limb[i / 2] >> i % 2 * 8);
}

} // namespace

void x25519PublicKey(const uint8_t (&privateKey)[KeySize],
                     uint8_t (&publicKey)[KeySize]) {
  const uint8_t basePoint[KeySize] = {9};
  Ladder ladder;
  ladder.run(privateKey, basePoint, publicKey);
}

bool x25519(const uint8_t (&privateKey)[KeySize], const uint8_t (&publicKey)[KeySize],
            uint8_t (&sharedSecret)[KeySize]) {
  Ladder ladder;
  ladder.run(privateKey, publicKey, sharedSecret);
  uint8_t any = 0;
  for (uint8_t i = 0; i < KeySize; i++)
    any |= sharedSecret[i];
  return any != 0;
}

} // namespace sensorboard
