import NIOCore
import ZaichikProtocol

/// The first steps of a traced message: what becomes of its publish.
enum PublishTrace {
    /// Whether a message that asks for it is traced. If there are too many in this second it is not, and its frame loses the
    /// flag.
    static func begin(_ frame: inout ByteBuffer, _ message: Message, _ connection: Connection) -> Bool {
        guard !mayBegin(message.topicID, connection) else { return true }
        drop(from: &frame, at: 0)
        return false
    }

    /// Whether one more message may be traced. If not, the log and an event tell.
    static func mayBegin(_ topicID: UInt32, _ connection: Connection) -> Bool {
        guard !connection.core.reports.mayTrace() else { return true }
        let name = connection.shard.topic(topicID)?.name.string ?? ""
        connection.core.log.tell(.tracesLeftOut, connection.metadata.merging(["topic": .quoted(name)]) { $1 })
        return false
    }

    /// Takes the flag from a frame that lies at an offset of the readable bytes.
    static func drop(from frames: inout ByteBuffer, at offset: Int) {
        let index = frames.readerIndex + offset + MessageLayout.flagsOffset
        let flags = MessageFlags(rawValue: frames.getInteger(at: index) ?? 0)
        frames.setInteger(flags.subtracting(.trace).rawValue, at: index)
    }

    static func tell(
        _ result: PublishResult, in topic: Topic, _ times: MessageTimes, hasWaited: Bool, _ connection: Connection
    ) {
        let shard = connection.shard
        shard.tellAccepted(result.traced, in: topic)
        let publisher: [(String, ReportValue)] = [
            ("client", .number(connection.id)), ("name", .text(connection.identity.name)),
        ]
        for duplicate in result.duplicates {
            shard.trace(.duplicate, duplicate.sequence, of: topic, publisher)
        }
        if result.delayed > 0 {
            shard.trace(.delayed, 0, of: topic, publisher + [("until", .number(shard.now + times.delay * 1000))])
        }
        switch result.refusal {
        case nil: break
        case .blocked:
            if !hasWaited { shard.trace(.waiting, 0, of: topic, publisher) }
        case .full: refused(.topicFull)
        case .memory: refused(.memoryFull)
        case .paused: refused(.topicPaused)
        case .gone: refused(.unknownTopic)
        }
        func refused(_ code: ErrorCode) {
            shard.trace(.refused, 0, of: topic, publisher + [("reason", .text(code.name))])
        }
    }
}
