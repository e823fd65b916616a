import NIOCore
import ZaichikProtocol

// The classic dialect: a window of one, no answers, deliveries that look like publishes.
// docs/PROTOCOL.md, "The classic dialect".
extension Connection {
    func beginClassic() {
        guard takesInput else { return }
        frameLimit = core.current.maximumFrame
        attachment.setWindow(1)
        identity.name = "classic"
        core.log.tell(.clientConnected, connectedMetadata)
    }

    func measureClassic(_ bytes: ByteBuffer) throws(ConnectionError) -> FrameMeasure {
        do { return try ClassicDecoder(limit: frameLimit).measure(bytes) } catch { throw .classic(error) }
    }

    func consumeClassic(_ bytes: inout ByteBuffer) throws(ConnectionError) {
        let frame: ClassicFrame
        do {
            frame = try ClassicDecoder(limit: frameLimit).decode(&bytes)
        } catch {
            throw .classic(error)
        }
        if !frame.isData { pace.spend() }
        do {
            try perform(frame)
        } catch let error as NameError {
            throw .classicName(error)
        } catch let error as FrameError {
            throw .frame(error)
        } catch {
            throw .foreign("\(error)")
        }
    }

    private func perform(_ frame: ClassicFrame) throws {
        switch frame {
        case .createTopic(let name, let retention, let window):
            var settings = TopicSettingsChange()
            settings[.retention] = retention
            settings[.deduplicationWindow] = window
            settings[.deduplicationScope] = UInt64(TopicSettings.DeduplicationScope.consumer.rawValue)
            _ = try change(try TopicName(name), settings)
        case .publish(let text, let key, let payload):
            let name = try TopicName(text)
            guard !name.isReserved else {
                throw FrameError(.reservedName, "'\(name)' belongs to the broker; clients cannot publish to it")
            }
            let topic = try findOrCreate(name, request: 0)
            publishClassic(topic, key: key, payload: payload)
        case .subscribe(let name):
            // Never a pattern: a name with wildcards breaks the rules for names.
            try subscribe(try TopicPattern(try TopicName(name).string), from: .connection, request: 0)
        case .unsubscribe(let name): unsubscribe(try TopicPattern(try TopicName(name).string), request: 0)
        case .closeConnection: closeReceived()
        case .commit: commitClassic()
        }
    }

    private func publishClassic(_ topic: Topic, key: ByteBuffer?, payload: ByteBuffer) {
        var frame = ByteBuffer()
        Message(topicID: topic.id, flags: .unconfirmed, key: key, payload: payload)
            .write(to: &frame, type: ClientOpcode.publish.rawValue)
        let run = FrameScan.Run(topicID: topic.id, bytes: frame.readableBytes, count: 1, wantsConfirm: false)
        frame.withUnsafeReadableBytes { gate.publish($0, run, self) }
    }

    /// A permit, not a count: it has no effect while no delivery is in flight, and each one releases the next delivery
    /// before the next commit is looked at.
    private func commitClassic() {
        guard attachment.inFlightCount > 0 else { return }
        let before = attachment.committed
        _ = reader.queue.commit(attachment.delivered, of: &attachment)
        committed(attachment.committed - before)
        shard.flush()
    }

    /// Translates deliveries into the classic dialect and writes them.
    func writeClassic(_ frames: ByteBuffer, of topic: Topic) {
        var frames = frames
        while let header = FrameHeader(peeking: frames), let frame = frames.readSlice(length: header.frameLength) {
            guard let decoded = try? BrokerFrame(decoding: frame), case .deliver(let message) = decoded else {
                preconditionFailure("a log has deliveries only")
            }
            ClassicFrame.publish(
                topic: topic.name.string, key: message.key.map(Self.classicKey), payload: message.payload
            ).write(to: &answers)
        }
    }

    /// A key as a classic client can read it: keys are bytes, and this dialect has them as text.
    private static func classicKey(_ key: ByteBuffer) -> ByteBuffer {
        let isText = String(validating: key.readableBytesView, as: UTF8.self) != nil
        return isText ? key : ByteBuffer(string: String(decoding: key.readableBytesView, as: UTF8.self))
    }
}

extension ClassicFrame {
    /// Whether this frame may come as often as messages do.
    fileprivate var isData: Bool {
        switch self {
        case .publish, .commit: true
        case .createTopic, .subscribe, .unsubscribe, .closeConnection: false
        }
    }
}
