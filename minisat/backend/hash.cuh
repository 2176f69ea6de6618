// Entry `index` of minisat.backend.uniform's numbers of a key: float32, in [0, 1).
__device__ inline float hashed(unsigned key, unsigned index) {
    unsigned u = index ^ key;
    u ^= u >> 16; u *= 0x7FEB352Du;
    u ^= u >> 15; u *= 0x846CA68Bu;
    u ^= u >> 16; u *= 0x7FEB352Du;
    u ^= u >> 15; u *= 0x846CA68Bu;
    u ^= u >> 16;
    return (u >> 8) * 5.9604644775390625e-8f;  // 2^-24
}
