import NIOCore
import Testing

@testable import ZaichikBroker

@Suite("Free blocks of memory")
struct BlockPoolTests {
    private static let page = BlockPool.smallest

    @Test("the size of a block is the next power of two, a page at least")
    func sizes() {
        #expect(BlockPool.size(for: 0) == 12)
        #expect(BlockPool.size(for: 4096) == 12)
        #expect(BlockPool.size(for: 4097) == 13)
        #expect(BlockPool.size(for: 1 << 20) == 20)
        #expect(BlockPool.size(for: 8 << 20) == 23)
        #expect(BlockPool.size(for: 8 << 20 + 1) == nil)
        #expect(BlockPool.size(for: .max) == nil)
    }

    @Test("the block freed last is used first, and warm blocks before cold ones")
    func order() {
        var pool = BlockPool()
        pool.add([10, 11], Self.page)
        pool.giveBack(1, Self.page)
        pool.giveBack(2, Self.page)
        #expect((0..<5).map { _ in pool.take(Self.page) } == [2, 1, 11, 10, nil])
        #expect(pool.take(Self.page + 1) == nil)
        #expect(pool.warmBytes == 0)
    }

    @Test("blocks that were of no use between two looks go back, those that were used stay")
    func unused() {
        var pool = BlockPool()
        for block in UInt(1)...5 { pool.giveBack(block, 20) }
        #expect(pool.takeUnused() == [], "they have just come")
        _ = pool.take(20)
        _ = pool.take(20)
        pool.giveBack(4, 20)
        pool.giveBack(5, 20)
        #expect(pool.takeUnused() == [.init(size: 20, blocks: [1, 2, 3])])
        #expect(pool.warmBytes == 2 << 20)
        #expect(pool.takeUnused() == [.init(size: 20, blocks: [4, 5])])
        #expect(pool.takeUnused() == [])
        #expect(pool.warmBytes == 0)
    }

    @Test("past a bound, blocks go back without another look, the largest and the oldest first")
    func surplus() {
        var pool = BlockPool()
        for block in 0..<UInt(BlockPool.mostWarm >> 20) { pool.giveBack(block, 20) }
        #expect(!pool.hasTooMuch && pool.takeSurplus() == [])
        pool.giveBack(1000, 12)
        #expect(pool.hasTooMuch)
        #expect(pool.takeSurplus() == [.init(size: 20, blocks: [0])])
        #expect(!pool.hasTooMuch && pool.takeSurplus() == [])
        pool.giveBack(2000, 22)
        #expect(pool.takeSurplus() == [.init(size: 22, blocks: [2000])])
    }

    @Test("a cold block is reused when no warm one is free")
    func cold() {
        var pool = BlockPool()
        pool.giveBack(7, 16)
        _ = pool.takeUnused()
        let leaving = pool.takeUnused()
        #expect(pool.take(16) == nil, "its pages are just going back")
        for blocks in leaving { pool.add(blocks.blocks, blocks.size) }
        #expect(pool.take(16) == 7)
    }

    @Test(
        "a buffer keeps what was written to it when its length changes",
        arguments: [1, 1 << 10, 3000, 1 << 12, 1 << 20, 3 << 20])
    func contents(size: Int) {
        var buffers: [ByteBuffer] = []
        for number in UInt8(1)...20 {
            var buffer = LargeMemory.allocator(for: size).buffer(capacity: size)
            buffer.writeRepeatingByte(number, count: size)
            buffer.writeRepeatingByte(100 + number, count: size / 2 + 1)
            buffers.append(buffer)
            if number % 3 == 0 { buffers.removeFirst() }
            if number % 5 == 0 { LargeMemory.secondPassed() }
        }
        for buffer in buffers {
            let number = buffer.readableBytesView.first!
            #expect(buffer.readableBytesView.prefix(size).allSatisfy { $0 == number })
            #expect(buffer.readableBytesView.dropFirst(size).allSatisfy { $0 == number + 100 })
            #expect(buffer.readableBytes == size + size / 2 + 1)
        }
    }
}
