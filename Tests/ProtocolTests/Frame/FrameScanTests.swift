import NIOCore
import Testing
import ZaichikProtocol

@Suite("Frames walked where they lie")
struct FrameScanTests {
    @Test("deliveries are walked up to the first frame that is cut short or of another type")
    func deliveries() {
        var bytes = ByteBuffer()
        for payload in [ByteBuffer(repeating: 7, count: 16), ByteBuffer(string: "short")] {
            BrokerFrame.deliver(Message(topicID: 3, key: ByteBuffer(string: "k"), payload: payload)).write(to: &bytes)
        }
        let whole = bytes.readableBytes
        BrokerFrame.confirm(1).write(to: &bytes)
        bytes.writeRepeatingByte(0, count: 40)
        var seen: [(UInt32, [UInt8])] = []
        let length = bytes.withUnsafeReadableBytes { FrameScan.deliveries($0) { seen.append(($0, Array($1))) } }
        #expect(length == whole)
        #expect(seen.map(\.0) == [3, 3])
        #expect(seen.map(\.1) == [Array(repeating: 7, count: 16), Array("short".utf8)])
        let cut = bytes.withUnsafeReadableBytes {
            FrameScan.deliveries(UnsafeRawBufferPointer(rebasing: $0.prefix(whole - 1))) { _, _ in }
        }
        #expect(cut == 28 + 1 + 16)
    }

    @Test(
        "a run of publishes ends before one with a flag that concerns it alone, or that is not known",
        arguments: 0...UInt8.max)
    func runs(flags: UInt8) {
        var bytes = ByteBuffer()
        for flags in [0, MessageFlags.unconfirmed.rawValue, flags] {
            let start = bytes.writerIndex
            Message(topicID: 3, payload: ByteBuffer(string: "x")).write(
                to: &bytes, type: ClientOpcode.publish.rawValue)
            bytes.setInteger(flags, at: start + MessageLayout.flagsOffset)
        }
        let run = bytes.withUnsafeReadableBytes { FrameScan.run($0, limit: 1 << 20) }
        let isPlain = MessageFlags(rawValue: flags).isSubset(of: [.unconfirmed, .emptyKey])
        #expect(run?.count == (isPlain ? 3 : 2))
    }

    @Test("a delivery whose key reaches past its end ends the walk")
    func longKey() {
        var bytes = ByteBuffer()
        BrokerFrame.deliver(Message(topicID: 3, payload: ByteBuffer(string: "x"))).write(to: &bytes)
        bytes.setInteger(UInt16(2), at: MessageLayout.keyLengthOffset, endianness: .little)
        #expect(bytes.withUnsafeReadableBytes { FrameScan.deliveries($0) { _, _ in } } == 0)
    }
}
