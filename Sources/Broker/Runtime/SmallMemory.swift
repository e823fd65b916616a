#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Small memory, which is the C library's.
enum SmallMemory {
    /// Has the C library join what is freed with its neighbours at once.
    ///
    /// glibc puts small blocks on lists ("fastbins") and joins all of them when a large block comes or goes: after a trim
    /// of 1,600,000 messages that kept a loop for 60 ms. Without the lists each release costs its own share; the
    /// few blocks of each size that a thread reuses (its "tcache") are as fast as before. For the whole process.
    static func joinAtOnce() {
        // The overlay has neither the function nor its constants, and other C libraries have none.
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let mallopt = unsafeBitCast(symbol, to: (@convention(c) (CInt, CInt) -> CInt).self)
        _ = mallopt(largestOnLists, 0)
    }

    /// `M_MXFAST` of malloc.h, see mallopt(3).
    private static let largestOnLists: CInt = 1
}
