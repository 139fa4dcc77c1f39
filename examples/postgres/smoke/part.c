/* Code enough to keep a compiler busy for a second or two; PART tells one part from another. */
#define JOIN(a, b) a##b
#define NAME(a, b) JOIN(a, b)
#define FUNCTION(n)                                                                   \
  unsigned NAME(PART, _##n)(unsigned x, const unsigned *table) {                      \
    for (unsigned i = 0; i < (n ^ 37u); i++) {                                        \
      x = (x << (i & 7)) ^ (x >> 3) ^ table[(x + i) & 255];                           \
      if (x & n) x += table[n & 255] * 2654435761u;                                   \
    }                                                                                 \
    return x;                                                                         \
  }
#define TEN(n) FUNCTION(n##0) FUNCTION(n##1) FUNCTION(n##2) FUNCTION(n##3) FUNCTION(n##4) \
               FUNCTION(n##5) FUNCTION(n##6) FUNCTION(n##7) FUNCTION(n##8) FUNCTION(n##9)
TEN(1) TEN(2) TEN(3) TEN(4) TEN(5) TEN(6) TEN(7) TEN(8) TEN(9)
TEN(10) TEN(11) TEN(12) TEN(13)
