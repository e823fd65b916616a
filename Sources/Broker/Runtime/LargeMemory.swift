// NIO's hooks for memory have this form only.
@_spi(CustomByteBufferAllocator) import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Memory for the logs of topics and for long reads, which goes back to the kernel when it is free.
///
/// The C library keeps what is freed: after a large backlog it would keep it for ever, and trimming would hold the
/// library's locks for as long as that takes. So blocks of whole pages come from regions of our own. A region has
/// blocks of one size and is never unmapped; the pages of free blocks that stay unused go back, on a thread of their
/// own.
enum LargeMemory {
    /// An allocator for buffers of a length: short ones are left to the C library.
    static func allocator(for bytes: Int) -> ByteBufferAllocator {
        bytes > 1 << (BlockPool.smallest - 1) ? allocator : ByteBufferAllocator()
    }

    private static let allocator = ByteBufferAllocator(
        allocate: { LargeMemory.allocate($0) },
        reallocate: { LargeMemory.reallocate($0, from: $1, to: $2) },
        deallocate: { LargeMemory.release($0) },
        copy: { $0.copyMemory(from: $1, byteCount: $2) })

    private static let pool = Mutex(BlockPool())

    /// Regions begin at multiples of their size, so that the address of a block leads to its region's first page.
    private static let regionSize: UInt = 32 << 20
    private static let pageSize = UInt(1) << UInt(BlockPool.smallest)

    /// The header in the first page of a region.
    private struct Region {
        /// The exponent of its blocks' size; 0 if the region is a single block that is larger than every size.
        var size: Int
        /// The length of the mapping in bytes.
        var mapped: Int
    }

    private static func region(of address: UInt) -> UInt { address & ~(regionSize - 1) }

    // MARK: Blocks

    private static func allocate(_ bytes: Int) -> UnsafeMutableRawPointer? {
        guard let size = BlockPool.size(for: bytes) else { return mapBlock(bytes) }
        let block = pool.withLock { pool -> UInt? in
            if let block = pool.take(size) { return block }
            guard let region = mapRegion(Int(regionSize), size: size) else { return nil }
            // The first page has the header, so the first block is not used.
            pool.add(
                stride(from: region + UInt(1) << UInt(size), to: region + regionSize, by: 1 << size).reversed(), size)
            return pool.take(size)
        }
        return block.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
    }

    private static func reallocate(
        _ memory: UnsafeMutableRawPointer?, from before: Int, to bytes: Int
    ) -> UnsafeMutableRawPointer? {
        guard let memory, let new = allocate(bytes) else { return memory == nil ? allocate(bytes) : nil }
        new.copyMemory(from: memory, byteCount: min(before, bytes))
        release(memory)
        return new
    }

    private static func release(_ memory: UnsafeMutableRawPointer) {
        let block = UInt(bitPattern: memory)
        guard let first = UnsafeMutableRawPointer(bitPattern: region(of: block)) else { return }
        let region = first.load(as: Region.self)
        guard region.size > 0 else {
            munmap(first, region.mapped)
            return
        }
        let isTooMuch = pool.withLock { pool in
            let before = pool.hasTooMuch
            pool.giveBack(block, region.size)
            return pool.hasTooMuch && !before
        }
        if isTooMuch { giveBack { $0.takeSurplus() } }
    }

    // MARK: Regions

    /// Maps a region for a single block larger than every size; it is unmapped when the block is freed.
    private static func mapBlock(_ bytes: Int) -> UnsafeMutableRawPointer? {
        mapRegion(Int(pageSize) + bytes, size: 0).flatMap { UnsafeMutableRawPointer(bitPattern: $0 + pageSize) }
    }

    private static func mapRegion(_ bytes: Int, size: Int) -> UInt? {
        let wanted = (UInt(bytes) + pageSize - 1) & ~(pageSize - 1)
        let flags = MAP_PRIVATE | Int32(MAP_ANONYMOUS) | Int32(MAP_NORESERVE)
        guard let mapped = mmap(nil, Int(wanted + regionSize), PROT_READ | PROT_WRITE, flags, -1, 0),
            mapped != MAP_FAILED
        else { return nil }
        let start = UInt(bitPattern: mapped)
        let region = region(of: start + regionSize - 1)
        unmap(from: start, to: region)
        unmap(from: region + wanted, to: start + wanted + regionSize)
        if size > 0 { madvise(UnsafeMutableRawPointer(bitPattern: region), bytes, Int32(MADV_NOHUGEPAGE)) }
        UnsafeMutableRawPointer(bitPattern: region)?.storeBytes(
            of: Region(size: size, mapped: Int(wanted)), as: Region.self)
        return region
    }

    private static func unmap(from start: UInt, to end: UInt) {
        if end > start { munmap(UnsafeMutableRawPointer(bitPattern: start), Int(end - start)) }
    }

    // MARK: Pages that go back

    /// Gives back unused blocks; called once a second.
    static func secondPassed() { giveBack { $0.takeUnused() } }

    /// Gives the pages of free blocks back to the kernel, on a thread of its own.
    private static func giveBack(_ choose: @escaping @Sendable (inout BlockPool) -> [BlockPool.Leaving]) {
        NIOSingletons.posixBlockingThreadPool.submit { _ in
            for blocks in pool.withLock({ choose(&$0) }) {
                for block in blocks.blocks {
                    madvise(UnsafeMutableRawPointer(bitPattern: block), 1 << blocks.size, Int32(MADV_DONTNEED))
                }
                pool.withLock { $0.add(blocks.blocks, blocks.size) }
            }
        }
    }
}
