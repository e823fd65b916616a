import NIOCore
import Testing
import ZaichikProtocol

@Suite("Native frames, byte for byte")
struct NativeFrameTests {
    @Test("a client's frame has the bytes of the specification", arguments: NativeVectors.client)
    func clientVector(title: String, frame: ClientFrame, hex: String) throws {
        #expect(frame.bytes.hex == bytes(hex).hex)
        #expect(try ClientFrame(decoding: bytes(hex)) == frame)
    }

    @Test("a broker's frame has the bytes of the specification", arguments: NativeVectors.broker)
    func brokerVector(title: String, frame: BrokerFrame, hex: String) throws {
        #expect(frame.bytes.hex == bytes(hex).hex)
        #expect(try BrokerFrame(decoding: bytes(hex)) == frame)
    }

    @Test(
        "a frame with rows is read, and figures and settings that it does not have are 0 and the defaults",
        arguments: NativeVectors.rows)
    func rowVector(title: String, frame: BrokerFrame, hex: String) throws {
        #expect(try BrokerFrame(decoding: bytes(hex)) == frame)
    }

    @Test("every frame of a client comes back as it went", arguments: Samples.clientFrames)
    func clientRoundTrip(frame: ClientFrame) throws {
        #expect(try ClientFrame(decoding: frame.bytes) == frame)
    }

    @Test("every frame of the broker comes back as it went", arguments: Samples.brokerFrames)
    func brokerRoundTrip(frame: BrokerFrame) throws {
        #expect(try BrokerFrame(decoding: frame.bytes) == frame)
    }

    @Test("the samples have every type of frame")
    func samplesAreComplete() {
        #expect(Set(Samples.clientFrames.map(\.opcode)) == Set(ClientOpcode.allCases))
        #expect(Set(Samples.brokerFrames.map(\.opcode)) == Set(BrokerOpcode.allCases))
        #expect(Set(NativeVectors.client.map(\.frame.opcode)) == Set(ClientOpcode.allCases))
        #expect(Set((NativeVectors.broker + NativeVectors.rows).map(\.frame.opcode)) == Set(BrokerOpcode.allCases))
    }

    @Test("PUBLISH and DELIVER have one layout: only the type differs")
    func oneLayout() {
        let message = Message(
            topicID: 7, sequence: 1, timestamp: 2, key: bytes(text: "k"), payload: bytes(text: "p"))
        let publish = ClientFrame.publish(message).bytes
        let deliver = BrokerFrame.deliver(message).bytes
        #expect(publish.piece(0, 4) == deliver.piece(0, 4))
        #expect(publish.piece(5, publish.readableBytes) == deliver.piece(5, deliver.readableBytes))
    }

    @Test("the named offsets are where the encoder puts things")
    func messageLayout() {
        let frame = BrokerFrame.deliver(
            Message(
                topicID: 0x0A0B_0C0D, sequence: 0x11, timestamp: 0x22, flags: .headers, key: bytes(text: "key"),
                payload: bytes(text: "payload"))
        ).bytes
        func number<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T? {
            frame.getInteger(at: offset, endianness: .little)
        }
        #expect(number(MessageLayout.lengthOffset, UInt32.self) == UInt32(frame.readableBytes - 4))
        #expect(number(MessageLayout.typeOffset, UInt8.self) == BrokerOpcode.deliver.rawValue)
        #expect(number(MessageLayout.flagsOffset, UInt8.self) == MessageFlags.headers.rawValue)
        #expect(number(MessageLayout.keyLengthOffset, UInt16.self) == 3)
        #expect(number(MessageLayout.topicOffset, UInt32.self) == 0x0A0B_0C0D)
        #expect(number(MessageLayout.sequenceOffset, UInt64.self) == 0x11)
        #expect(number(MessageLayout.timestampOffset, UInt64.self) == 0x22)
        #expect(frame.getString(at: MessageLayout.keyOffset, length: 10) == "keypayload")
    }

    @Test("the longest key and the longest text of an answer come back whole")
    func longest() throws {
        let key = ByteBuffer(repeating: 0x6B, count: Int(UInt16.max))
        let publish = ClientFrame.publish(Message(topicID: 1, key: key, payload: bytes(text: "p")))
        #expect(try ClientFrame(decoding: publish.bytes) == publish)
        let error = BrokerFrame.error(code: 1, request: 1, message: String(repeating: "я", count: 100_000))
        #expect(try BrokerFrame(decoding: error.bytes) == error)
    }

    @Test("a text of HELLO over 255 bytes is cut between two characters")
    func longHello() throws {
        let long = String(repeating: "я", count: 200)
        let cut = String(repeating: "я", count: 127)
        let hello = Hello(window: 1, name: long, program: long)
        #expect(
            try ClientFrame(decoding: ClientFrame.hello(hello).bytes)
                == .hello(Hello(window: 1, name: cut, program: cut)))
    }
}
