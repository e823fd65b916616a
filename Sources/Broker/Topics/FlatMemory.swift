import Glibc

/// Zeroed memory for plain values, accessed by address. Its creator has to release it.
///
/// This file is the only one of the deduplication window that touches memory by address. An array of a million keys is
/// zeroed and freed at once; giving back 48 MB took 4 to 6 ms, measured. Memory from the system itself can be taken and
/// given back in pieces, so that no loop has to wait for it.
struct FlatMemory<Element: BitwiseCopyable> {
    private let base: UnsafeMutablePointer<Element>
    let count: Int
    /// Whether it comes from the system itself, which gives a process some 65,000 pieces at most.
    private let isMapped: Bool

    /// The size from which memory comes from the system itself, in bytes: malloc may keep what is freed.
    private static var mappedSize: Int { 64 << 10 }

    /// The size in bytes.
    var size: Int { count * MemoryLayout<Element>.stride }

    /// - Precondition: All-zero bytes are a valid element.
    init(zeroed count: Int) {
        self.count = count
        let size = count * MemoryLayout<Element>.stride
        var mapped: UnsafeMutableRawPointer?
        if size >= Self.mappedSize {
            mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            if mapped == MAP_FAILED { mapped = nil }
        }
        isMapped = mapped != nil
        guard let address = mapped ?? calloc(count, MemoryLayout<Element>.stride) else {
            preconditionFailure("the system has no \(size) bytes for deduplication keys")
        }
        base = address.bindMemory(to: Element.self, capacity: count)
    }

    func release() {
        if isMapped { munmap(base, size) } else { free(base) }
    }

    /// Has the system provide the pages of a part of the memory ahead of use. The part is given in bytes. When this was
    /// left to the first touch of each page, 64 keys took 1 ms while a table of 16 MB was filled; now they take 0.2 ms.
    /// On a system too old to do this, the call has no effect.
    func populate(from first: Int, size: Int) {
        guard isMapped else { return }
        let populateWrite: CInt = 23
        madvise(UnsafeMutableRawPointer(base) + first, min(size, self.size - first), populateWrite)
    }

    /// Gives the whole pages of a part of the memory back to the system. The part is given in bytes; its contents are
    /// zero afterwards, or unchanged.
    func discard(from first: Int, size: Int) {
        guard isMapped else { return }
        madvise(UnsafeMutableRawPointer(base) + first, min(size, self.size - first), MADV_DONTNEED)
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count)
            return base[index]
        }
        nonmutating set {
            assert(index >= 0 && index < count)
            base[index] = newValue
        }
    }
}

extension FlatMemory where Element == UInt32 {
    @inline(__always)
    func eight(from index: Int) -> SIMD8<UInt32> {
        assert(index >= 0 && index + 8 <= count)
        return UnsafeRawPointer(base + index).loadUnaligned(as: SIMD8<UInt32>.self)
    }
}
