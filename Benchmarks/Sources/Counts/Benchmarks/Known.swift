import Glibc

// Counts that are known beforehand: they show that the counting is right.
extension Benchmark {
    static let known = [
        Benchmark(name: "known-none", messages: 1, knownAllocations: 0) {
            var sum: UInt64 = 0
            return { for number in 0..<UInt64(100) { sum = mix(sum, number) } }
        },
        Benchmark(name: "known-c", messages: 1, knownAllocations: 5) {
            {
                let first = opaque(malloc(100))
                let second = opaque(realloc(opaque(calloc(2, 50)), 10_000))
                var third: UnsafeMutableRawPointer?
                posix_memalign(&third, 64, 100)
                let fourth = opaque(aligned_alloc(64, 128))
                free(first)
                free(second)
                free(third)
                free(fourth)
            }
        },
        Benchmark(name: "known-swift", messages: 1, knownAllocations: 3) {
            {
                // An object, an array's buffer, and the buffer to which it grows.
                keep(Marker())
                var numbers = [opaque(1)]
                numbers.append(2)
                keep(numbers)
            }
        },
    ]

    private final class Marker {}

    /// Keeps the optimiser from knowing a value.
    @inline(never)
    @_optimize(none)
    private static func opaque<Value>(_ value: Value) -> Value { value }

    @inline(never)
    @_optimize(none)
    private static func keep<Value>(_ value: Value) {}

    @inline(never)
    private static func mix(_ sum: UInt64, _ number: UInt64) -> UInt64 { (sum ^ number) &* 0x9E37_79B9_7F4A_7C15 }
}
