/// The free blocks of ``LargeMemory``, by size: a value that decides which block is used next, and which blocks have
/// been unused for so long that their pages go back to the kernel.
///
/// A block is warm while it has its pages, and cold when only its address is left. Warm blocks are used first, so a
/// broker whose logs keep their size makes no system calls for memory.
struct BlockPool {
    typealias Block = UInt

    /// Blocks of one size.
    private struct Size {
        var warm: [Block] = []
        var cold: [Block] = []
        /// The fewest blocks that were warm since the last look: that many were unused.
        var unused = 0
    }

    /// Blocks whose pages are being given back: they are no longer warm, and cold when that is done.
    struct Leaving: Equatable {
        var size: Int
        var blocks: [Block]
    }

    /// The smallest and the largest block, as exponents of 2. The smallest is a page, so that no page is shared.
    static let smallest = 12
    static let largest = 23
    /// With more warm bytes than this, some blocks go back at once.
    static let mostWarm = 24 << 20

    private var sizes = Array(repeating: Size(), count: largest - smallest + 1)
    /// Bytes of warm blocks.
    private(set) var warmBytes = 0

    /// The exponent of the smallest block with at least this many bytes; nil if no block is that large.
    static func size(for bytes: Int) -> Int? {
        guard bytes <= 1 << largest else { return nil }
        return max(Int.bitWidth - max(bytes - 1, 0).leadingZeroBitCount, smallest)
    }

    var hasTooMuch: Bool { warmBytes > Self.mostWarm }

    /// - Returns: A free block; nil if there is none.
    mutating func take(_ size: Int) -> Block? {
        let index = size - Self.smallest
        guard let block = sizes[index].warm.popLast() else { return sizes[index].cold.popLast() }
        warmBytes -= 1 << size
        sizes[index].unused = min(sizes[index].unused, sizes[index].warm.count)
        return block
    }

    mutating func giveBack(_ block: Block, _ size: Int) {
        sizes[size - Self.smallest].warm.append(block)
        warmBytes += 1 << size
    }

    mutating func add(_ cold: some Sequence<Block>, _ size: Int) {
        sizes[size - Self.smallest].cold.append(contentsOf: cold)
    }

    /// Takes the blocks that were unused since the last look.
    mutating func takeUnused() -> [Leaving] {
        (Self.smallest...Self.largest).compactMap { size in
            let index = size - Self.smallest
            let count = sizes[index].unused
            defer { sizes[index].unused = sizes[index].warm.count }
            return take(first: count, size)
        }
    }

    /// Takes the excess over the most warm bytes, the largest blocks first.
    mutating func takeSurplus() -> [Leaving] {
        (Self.smallest...Self.largest).reversed().compactMap { size in
            guard hasTooMuch else { return nil }
            let surplus = warmBytes - Self.mostWarm
            return take(first: (surplus - 1) >> size + 1, size)
        }
    }

    /// Takes the blocks that have been warm longest.
    private mutating func take(first count: Int, _ size: Int) -> Leaving? {
        let index = size - Self.smallest
        let blocks = Array(sizes[index].warm.prefix(count))
        guard !blocks.isEmpty else { return nil }
        sizes[index].warm.removeFirst(blocks.count)
        sizes[index].unused = min(sizes[index].unused, sizes[index].warm.count)
        warmBytes -= blocks.count << size
        return Leaving(size: size, blocks: blocks)
    }
}
