import NIOCore
import Testing
import ZaichikProtocol

@Suite("A frame that has begun")
struct FramePrefixTests {
    @Test("every beginning of a client's frame asks for more", arguments: Samples.clientFrames)
    func clientPrefixes(frame: ClientFrame) throws { try asksForMore(frame.bytes, native) }

    @Test("every beginning of a broker's frame asks for more", arguments: Samples.brokerFrames)
    func brokerPrefixes(frame: BrokerFrame) throws { try asksForMore(frame.bytes, native) }

    @Test("every beginning of a classic frame asks for more", arguments: Samples.classicFrames)
    func classicPrefixes(frame: ClassicFrame) throws {
        let decoder = ClassicDecoder(limit: FrameLimits.standard)
        try asksForMore(frame.bytes) { try decoder.measure($0) }
    }

    private func native(_ buffer: ByteBuffer) throws -> FrameMeasure {
        try FrameMeasure.native(buffer, limit: FrameLimits.standard)
    }

    private func asksForMore(_ whole: ByteBuffer, _ measure: (ByteBuffer) throws -> FrameMeasure) throws {
        let total = whole.readableBytes
        for length in 0..<total {
            let wanted =
                switch try measure(whole.piece(0, length)) {
                case .complete(let wanted), .atLeast(let wanted): wanted
                }
            #expect(wanted > length && wanted <= total, "\(length) of \(total) bytes ask for \(wanted)")
        }
        #expect(try measure(whole) == .complete(total))
    }
}
