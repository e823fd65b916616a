import NIOCore
import Testing
import ZaichikProtocol

@testable import ZaichikBroker

/// The reading half of a connection, without a socket: asks for a buffer, fills it as a socket would, takes frames.
struct ReadBench {
    var reads = ReadBuffers()
    var assembler = FrameAssembler()
    var shared: ByteBuffer?
    var payloads: [String] = []
    /// Whether runs that fill their buffer are kept where they are.
    var keepsRuns = true
    private var kept: [ByteBuffer] = []
    private(set) var largestBuffer = 0
    private(set) var copies = 0

    /// Reads once, at most `most` bytes.
    mutating func read(_ socket: inout ByteBuffer, most: Int) throws {
        let shared = shared
        self.shared = nil
        var buffer = try #require(
            reads.next(&assembler) {
                var buffer = shared ?? ByteBufferAllocator().buffer(capacity: ReadBuffers.sharedCapacity)
                buffer.clear()
                return buffer
            })
        largestBuffer = max(largestBuffer, buffer.storageCapacity)
        let size = min(buffer.writableBytes, most, socket.readableBytes)
        buffer.writeImmutableBuffer(socket.readSlice(length: size)!)
        reads.arrived(&assembler)
        try take(buffer)
        if reads.taken(buffer, assembler), buffer.storageCapacity == ReadBuffers.sharedCapacity { self.shared = buffer }
    }

    private mutating func take(_ buffer: ByteBuffer) throws {
        var taken: [String] = []
        var kept: [ByteBuffer] = []
        let keepsRuns = keepsRuns
        try assembler.receive(
            buffer, measure: { bytes throws(FrameError) in try .native(bytes, limit: 1 << 20) },
            consume: { bytes throws(FrameError) in
                let run = bytes.withUnsafeReadableBytes { FrameScan.run($0, limit: 1 << 20) }!
                if keepsRuns, ReadBuffers.isWorthKeeping(run.bytes, of: bytes) {
                    kept.append(bytes.getSlice(at: bytes.readerIndex, length: run.bytes)!)
                }
                var frames = bytes.readSlice(length: run.bytes)!
                while let header = FrameHeader(peeking: frames),
                    let frame = frames.readSlice(length: header.frameLength)
                {
                    guard case .publish(let message) = try ClientFrame(decoding: frame) else { continue }
                    taken.append(String(buffer: message.payload))
                }
                return true
            })
        payloads += taken
        if !kept.isEmpty { reads.isShared = true }
        self.kept += kept
    }

    /// The bytes kept equal the bytes taken: they were not overwritten.
    func keptPayloads() throws -> [String] {
        try kept.flatMap { run in
            var run = run
            var payloads: [String] = []
            while let header = FrameHeader(peeking: run), let frame = run.readSlice(length: header.frameLength) {
                guard case .publish(let message) = try ClientFrame(decoding: frame) else { continue }
                payloads.append(String(buffer: message.payload))
            }
            return payloads
        }
    }
}

@Suite("Where reads go")
struct ReadBuffersTests {
    /// Payloads that show their origin, with the lengths in `lengths` one after the other.
    private static func payloads(_ count: Int, _ lengths: [Int]) -> [String] {
        (0..<count).map { index in
            let head = "\(index) "
            return head + String(repeating: "x", count: max(lengths[index % lengths.count] - head.utf8.count, 0))
        }
    }

    @Test(
        "frames come out whole and in order, whatever their lengths and those of the reads",
        arguments: [[10], [128], [4000], [16_400], [65_536], [70_000, 3], [200_000, 16_384, 5], [600_000]],
        [UInt64(1), 2, 3])
    func wholeInOrder(lengths: [Int], seed: UInt64) throws {
        let payloads = Self.payloads(lengths.max()! > 100_000 ? 30 : 400, lengths)
        var socket = Publishes.frames(payloads)
        var random = SeededGenerator(seed: seed)
        var bench = ReadBench()
        let longest = seed == 1 ? Int.max : seed == 2 ? 300_000 : 9_000
        while socket.readableBytes > 0 {
            try bench.read(&socket, most: longest == .max ? .max : Int.random(in: 1...longest, using: &random))
        }
        #expect(bench.payloads == payloads)
        #expect(bench.assembler.pendingBytes == 0)
        let kept = Set(try bench.keptPayloads())
        #expect(kept.isSubset(of: payloads), "what the log keeps is never written over")
    }

    @Test("frames of one length are kept where they were read, once the first has told the length")
    func longFramesAreKept() throws {
        let payloads = Self.payloads(64, [65_536])
        var socket = Publishes.frames(payloads)
        var bench = ReadBench()
        while socket.readableBytes > 0 { try bench.read(&socket, most: .max) }
        #expect(bench.payloads == payloads)
        #expect(try bench.keptPayloads().count >= 60)
    }

    @Test("a frame in small pieces takes at most twice the bytes that arrived plus a read, whatever its length says")
    func nothingAhead() throws {
        var frame = Publishes.frames([String(repeating: "x", count: 900_000)])
        frame.moveWriterIndex(to: 100_000)
        var bench = ReadBench()
        while frame.readableBytes > 0 {
            let arrived = 100_000 - frame.readableBytes
            try bench.read(&frame, most: 1000)
            #expect(bench.largestBuffer <= max(4 * arrived, ReadBuffers.sharedCapacity))
        }
        #expect(bench.payloads.isEmpty)
    }

    @Test("a connection without pending bytes has no buffer of its own")
    func idleHasNone() throws {
        var socket = Publishes.frames(["one", "two"])
        var bench = ReadBench()
        while socket.readableBytes > 0 { try bench.read(&socket, most: .max) }
        #expect(bench.assembler.pending.storageCapacity == 0)
    }

    @Test("a read with pending bytes that never arrived is noticed, not guessed at")
    func lostRead() throws {
        var socket = Publishes.frames([String(repeating: "x", count: 50_000)])
        var bench = ReadBench()
        for _ in 0..<3 { try bench.read(&socket, most: 20_000) }
        #expect(bench.assembler.pendingBytes > 0)
        #expect(bench.reads.next(&bench.assembler, shared: { ByteBuffer() }) != nil)
        #expect(bench.reads.next(&bench.assembler, shared: { ByteBuffer() }) == nil)
    }
}
