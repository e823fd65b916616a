import NIOCore
import ZaichikProtocol

/// A receiver as a connection has it: an assembler with a way to measure and a way to decode.
struct ReadingEnd<Frame, Failure: Error> {
    private(set) var frames: [Frame] = []
    private(set) var assembler = FrameAssembler()
    let measure: (ByteBuffer) throws(Failure) -> FrameMeasure
    let decode: (inout ByteBuffer) throws(Failure) -> Frame?

    init(
        measure: @escaping (ByteBuffer) throws(Failure) -> FrameMeasure,
        decode: @escaping (inout ByteBuffer) throws(Failure) -> Frame?
    ) {
        self.measure = measure
        self.decode = decode
    }

    mutating func receive(_ read: ByteBuffer) throws(Failure) {
        var received: [Frame] = []
        let decode = decode
        try assembler.receive(
            read, measure: measure,
            consume: { (buffer: inout ByteBuffer) throws(Failure) -> Bool in
                if let frame = try decode(&buffer) { received.append(frame) }
                return true
            })
        frames += received
    }
}

extension ReadingEnd where Failure == FrameError {
    private static func native(
        limit: Int, _ decode: @escaping (ByteBuffer) throws(FrameError) -> Frame?
    ) -> ReadingEnd {
        ReadingEnd(
            measure: { buffer throws(FrameError) in try FrameMeasure.native(buffer, limit: limit) },
            decode: { buffer throws(FrameError) in
                guard case .complete(let length) = try FrameMeasure.native(buffer, limit: limit) else { return nil }
                return try decode(buffer.readSlice(length: length)!)
            })
    }

    static func broker(limit: Int = FrameLimits.standard) -> ReadingEnd where Frame == ClientFrame {
        native(limit: limit) { frame throws(FrameError) in try ClientFrame(decoding: frame) }
    }

    static func client(limit: Int = FrameLimits.standard) -> ReadingEnd where Frame == BrokerFrame {
        native(limit: limit) { frame throws(FrameError) in try BrokerFrame(decoding: frame) }
    }
}

extension ReadingEnd where Frame == ClassicFrame, Failure == ClassicError {
    static func classic(limit: Int = FrameLimits.standard) -> ReadingEnd {
        let decoder = ClassicDecoder(limit: limit)
        return ReadingEnd(
            measure: { buffer throws(ClassicError) in try decoder.measure(buffer) },
            decode: { buffer throws(ClassicError) in try decoder.decode(&buffer) })
    }
}
