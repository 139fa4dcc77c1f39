#include <stdio.h>

#if defined(__x86_64__)
#define ARCHITECTURE "amd64"
#elif defined(__aarch64__)
#define ARCHITECTURE "arm64"
#else
#error "found another architecture, allowed: amd64 and arm64"
#endif

int main(void) {
  puts("hello from linux/" ARCHITECTURE);
  return 0;
}
