// The type of a kernel's numbers. Python sets Real (float or double) and Feature (Real, or __half for stored features).
#ifndef Real
#define Real float
#endif
#ifndef Feature
#define Feature Real
#endif
__device__ inline Real real(float x) { return (Real)x; }
__device__ inline Real real(double x) { return (Real)x; }
#ifdef HALF
__device__ inline Real real(__half x) { return (Real)__half2float(x); }
#endif
__device__ inline Real sigma(Real x) { return (Real)0.5 * tanh((Real)0.5 * x) + (Real)0.5; }  // never overflows
