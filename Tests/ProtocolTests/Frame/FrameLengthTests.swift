import NIOCore
import Testing
import ZaichikProtocol

@Suite("Lengths")
struct FrameLengthTests {
    static func length(_ value: UInt32) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(value, endianness: .little)
        return buffer
    }

    @Test("a length below 4 is an error as soon as it is there", arguments: [UInt32(0), 1, 2, 3])
    func tooShort(value: UInt32) {
        #expect(error(Self.length(value), limit: FrameLimits.standard)?.code == .frameTooShort)
    }

    @Test(
        "a length over the limit is an error as soon as it is there",
        arguments: [
            (UInt32(60), 63), (UInt32(1021), 1024), (UInt32(65533), FrameLimits.beforeWelcome),
            (UInt32(8_388_605), FrameLimits.standard),
            (UInt32(1) << 31, FrameLimits.standard), (UInt32.max, FrameLimits.standard),
            (UInt32.max - 3, FrameLimits.standard),
        ])
    func tooLong(value: UInt32, limit: Int) {
        #expect(error(Self.length(value), limit: limit)?.code == .frameTooLong)
    }

    @Test("the limit counts the length field too", arguments: [8, 64, 1024, FrameLimits.beforeWelcome])
    func exactLimit(limit: Int) throws {
        #expect(try FrameMeasure.native(Self.length(UInt32(limit - 4)), limit: limit) == .complete(limit))
        #expect(error(Self.length(UInt32(limit - 3)), limit: limit)?.code == .frameTooLong)
    }

    @Test("a frame that announces too much leaves nothing behind in memory", arguments: [UInt32(3), .max, 1 << 30])
    func nothingBuffered(value: UInt32) {
        var end = ReadingEnd<ClientFrame, FrameError>.broker()
        var read = Self.length(value)
        read.writeRepeatingByte(1, count: 60_000)
        #expect(throws: FrameError.self) { try end.receive(read) }
        #expect(end.assembler.pendingBytes == 0)
    }

    @Test("a length in pieces is judged when its fourth byte comes", arguments: [UInt32(3), .max])
    func lengthInPieces(value: UInt32) throws {
        var end = ReadingEnd<ClientFrame, FrameError>.broker()
        let length = Self.length(value)
        for index in 0..<3 { try end.receive(length.piece(index, index + 1)) }
        #expect(end.assembler.pendingBytes == 3)
        #expect(throws: FrameError.self) { try end.receive(length.piece(3, 4)) }
        #expect(end.assembler.pendingBytes <= 4)
    }

    @Test("a frame that promises much takes only what has arrived")
    func promises() throws {
        var end = ReadingEnd<ClientFrame, FrameError>.broker()
        var read = Self.length(UInt32(FrameLimits.standard - 4))
        read.writeRepeatingByte(1, count: 96)
        try end.receive(read)
        #expect(end.assembler.pendingBytes == 100)
        try end.receive(ByteBuffer(repeating: 1, count: 50))
        #expect(end.assembler.pendingBytes == 150)
    }

    @Test("a classic length over the limit is an error before anything is kept")
    func classic() throws {
        var end = ReadingEnd<ClassicFrame, ClassicError>.classic()
        #expect(throws: ClassicError.self) { try end.receive(bytes("02000000 ffffffffffffffff 616161")) }
        #expect(end.assembler.pendingBytes == 0)
    }

    private func error(_ buffer: ByteBuffer, limit: Int) -> FrameError? {
        do {
            _ = try FrameMeasure.native(buffer, limit: limit)
            return nil
        } catch { return error }
    }
}
