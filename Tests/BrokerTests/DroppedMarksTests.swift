import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

@Suite("Marks of dropped messages")
struct DroppedMarksTests {
    /// Marks, and each dropped segment's first message and last stamp.
    private struct Bench {
        var marks = DroppedMarks()
        var dropped: [(first: UInt64, stamp: UInt64)] = []
        private let budget = MemoryBudget(limit: 1 << 30)
        private let publisher = Publisher.test()
        private var start: UInt64 = 0

        /// Drops a segment of one message of so many bytes.
        mutating func drop(bytes: Int) {
            let sequence = UInt64(dropped.count) + 1
            let frames = Publishes.frames([String(repeating: "x", count: bytes - MessageLayout.keyOffset)])
            let segment = Segment(
                capacity: bytes, start: start, firstSequence: sequence, stamp: sequence * 10, publisher: publisher,
                budget: budget)
            frames.withUnsafeReadableBytes {
                segment.append($0, by: publisher, timestamp: 1, stamp: sequence * 10, continues: false)
            }
            marks.note(segment)
            dropped.append((sequence, sequence * 10))
            start += UInt64(bytes)
        }

        /// The first message of the first segment that has something after a stamp.
        func first(after stamp: UInt64) -> UInt64? { dropped.first { $0.stamp > stamp }?.first }
    }

    /// So large that no two share a mark.
    private static let large = 600 << 10

    @Test("without drops there is no mark, and there is none after the newest dropped message")
    func empty() {
        var bench = Bench()
        #expect(bench.marks.first(after: 0) == nil)
        bench.drop(bytes: 1000)
        #expect(bench.marks.first(after: 9) == 1)
        #expect(bench.marks.first(after: 10) == nil)
    }

    @Test("as long as the marks suffice, a start finds the segment that it misses")
    func exact() {
        var bench = Bench()
        for _ in 0..<256 { bench.drop(bytes: Self.large) }
        #expect((UInt64(0)...2561).allSatisfy { bench.marks.first(after: $0) == bench.first(after: $0) })
    }

    @Test("then marks grow coarser with age: none is forgotten, new ones are exact")
    func coarser() {
        var bench = Bench()
        for _ in 0..<700 { bench.drop(bytes: Self.large) }
        var before: UInt64 = 0
        for stamp in stride(from: UInt64(0), to: 7000, by: 10) {
            let first = bench.marks.first(after: stamp)
            guard let first, let wanted = bench.first(after: stamp) else {
                Issue.record("what was dropped after \(stamp) is forgotten")
                continue
            }
            // A later start never misses more.
            #expect((before...wanted).contains(first))
            if wanted > 700 - 128 { #expect(first == wanted) }
            before = first
        }
        #expect(bench.marks.first(after: 7000) == nil)
    }

    @Test("short segments share a mark of a largest segment's size")
    func short() {
        var bench = Bench()
        for _ in 0..<20 { bench.drop(bytes: 100 << 10) }
        #expect(bench.marks.first(after: 50) == 1)
        #expect(bench.marks.first(after: 100) == 11)
        #expect(bench.marks.first(after: 200) == nil)
    }
}
