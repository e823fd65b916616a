/// The free blocks of ``LargeMemory``, by size: a value that says which block is used next and which ones have been of no
/// use for so long that their pages go back to the kernel.
///
/// A block is warm while it has its pages, and cold when only its address is left. What is used is warm as far as there is
/// anything warm, so a broker whose logs stay as they are never touches the kernel.
struct BlockPool {
    typealias Block = UInt

    /// Blocks of one size.
    private struct Size {
        var warm: [Block] = []
        var cold: [Block] = []
        /// The fewest that were warm since the last look: so many were of no use.
        var unused = 0
    }

    /// Blocks whose pages go back: they are warm no more, and cold when that is done.
    struct Leaving: Equatable {
        var size: Int
        var blocks: [Block]
    }

    /// The smallest and the largest block, as exponents of 2. The smallest is a page, so that no page is shared.
    static let smallest = 12
    static let largest = 23
    /// With more bytes than this, some go back without another look.
    static let mostWarm = 24 << 20

    private var sizes = Array(repeating: Size(), count: largest - smallest + 1)
    /// Bytes of warm blocks.
    private(set) var warmBytes = 0

    /// The exponent of the smallest block that has so many bytes; nil if none is so large.
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

    /// Takes those that were of no use since the last look.
    mutating func takeUnused() -> [Leaving] {
        (Self.smallest...Self.largest).compactMap { size in
            let index = size - Self.smallest
            let count = sizes[index].unused
            defer { sizes[index].unused = sizes[index].warm.count }
            return take(first: count, size)
        }
    }

    /// Takes what is too much, the largest blocks first.
    mutating func takeSurplus() -> [Leaving] {
        (Self.smallest...Self.largest).reversed().compactMap { size in
            guard hasTooMuch else { return nil }
            let surplus = warmBytes - Self.mostWarm
            return take(first: (surplus - 1) >> size + 1, size)
        }
    }

    /// Those that are warm longest.
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
