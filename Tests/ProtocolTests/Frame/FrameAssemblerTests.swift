import NIOCore
import Testing
import ZaichikProtocol

@Suite("Frames in pieces")
struct FrameAssemblerTests {
    @Test("a client's frame may be split at every byte", arguments: Samples.clientFrames)
    func splitClient(frame: ClientFrame) throws {
        try splitEverywhere([frame, .ping(7)], frame.bytes + ClientFrame.ping(7).bytes) { .broker() }
    }

    @Test("a broker's frame may be split at every byte", arguments: Samples.brokerFrames)
    func splitBroker(frame: BrokerFrame) throws {
        try splitEverywhere([frame, .ping(7)], frame.bytes + BrokerFrame.ping(7).bytes) { .client() }
    }

    @Test("a classic frame may be split at every byte", arguments: Samples.classicFrames)
    func splitClassic(frame: ClassicFrame) throws {
        try splitEverywhere([frame, .commit], frame.bytes + ClassicFrame.commit.bytes) { .classic() }
    }

    @Test("short frames may be split at every two bytes")
    func splitTwice() throws {
        let frames: [ClientFrame] = [.commit(3), .topic(request: 1, name: "🐇"), .close]
        let stream = frames.reduce(ByteBuffer()) { $0 + $1.bytes }
        for first in 0...stream.readableBytes {
            for second in first...stream.readableBytes {
                var end = ReadingEnd<ClientFrame, FrameError>.broker()
                for (from, to) in [(0, first), (first, second), (second, stream.readableBytes)] {
                    try end.receive(stream.piece(from, to))
                }
                #expect(end.frames == frames)
            }
        }
    }

    @Test("frames may come one byte at a time")
    func bytewise() throws {
        try inChunks { _ in 1 }
    }

    @Test("many frames may come in one read")
    func oneRead() throws {
        try inChunks { $0 }
    }

    @Test("frames may come in reads of any size", arguments: [UInt64(1), 2, 3, 4])
    func anyReads(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        try inChunks { _ in Int.random(in: 1...97, using: &random) }
    }

    @Test("nothing is kept between whole frames")
    func nothingKept() throws {
        var end = ReadingEnd<ClientFrame, FrameError>.broker()
        try end.receive(ClientFrame.commit(1).bytes + ClientFrame.commit(2).bytes)
        #expect(end.assembler.pendingBytes == 0)
        try end.receive(ByteBuffer())
        #expect(end.frames == [.commit(1), .commit(2)])
    }

    @Test("a receiver that stops gets nothing more of that read")
    func stop() {
        var assembler = FrameAssembler()
        var seen = 0
        let first = ClientFrame.commit(1).bytes
        for read in [first + first + first, first.piece(0, 5), first.piece(5, 12) + first] {
            assembler.receive(
                read, measure: { _ in .complete(12) },
                consume: { buffer in
                    buffer.moveReaderIndex(forwardBy: 12)
                    seen += 1
                    return false
                })
        }
        #expect(seen == 2)
        #expect(assembler.pendingBytes == 0)
    }

    @Test("a long frame in small pieces is measured a few times, not once a piece")
    func fewMeasures() throws {
        var measures = 0
        let decoder = ClassicDecoder(limit: FrameLimits.standard)
        var end = ReadingEnd<ClassicFrame, ClassicError>(
            measure: { buffer throws(ClassicError) in
                measures += 1
                return try decoder.measure(buffer)
            },
            decode: { buffer throws(ClassicError) in try decoder.decode(&buffer) })
        let frame = ClassicFrame.publish(
            topic: String(repeating: "я", count: 500), key: bytes(text: "key"),
            payload: ByteBuffer(repeating: 7, count: 2000))
        for index in 0..<frame.bytes.readableBytes { try end.receive(frame.bytes.piece(index, index + 1)) }
        #expect(end.frames == [frame])
        #expect(measures < 20)
    }

    private func splitEverywhere<Frame: Equatable, Failure>(
        _ frames: [Frame], _ stream: ByteBuffer, _ make: () -> ReadingEnd<Frame, Failure>
    ) throws {
        for split in 0...stream.readableBytes {
            var end = make()
            try end.receive(stream.piece(0, split))
            try end.receive(stream.piece(split, stream.readableBytes))
            #expect(end.frames == frames, "split at \(split)")
            #expect(end.assembler.pendingBytes == 0)
        }
    }

    /// All samples of all dialects, each as one stream; `size` says how long the next read is.
    private func inChunks(_ size: (Int) -> Int) throws {
        func run<Frame: Equatable, Failure>(
            _ frames: [Frame], _ bytes: (Frame) -> ByteBuffer, _ end: ReadingEnd<Frame, Failure>
        ) throws {
            var end = end
            var stream = frames.reduce(ByteBuffer()) { $0 + bytes($1) }
            while stream.readableBytes > 0 {
                try end.receive(stream.readSlice(length: min(size(stream.readableBytes), stream.readableBytes))!)
            }
            #expect(end.frames == frames)
        }
        try run(Samples.clientFrames, \.bytes, .broker())
        try run(Samples.brokerFrames, \.bytes, .client())
        try run(Samples.classicFrames, \.bytes, .classic())
    }
}

private func + (first: ByteBuffer, second: ByteBuffer) -> ByteBuffer {
    var sum = first
    sum.writeImmutableBuffer(second)
    return sum
}
