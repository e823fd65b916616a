import Logging
import ZaichikProtocol

/// One line for the log, before anything is made of it.
struct LogEntry: Equatable {
    var kind: LogKind
    var metadata: Logger.Metadata
    /// How many more of its kind this line stands for, without their metadata; 0 if it tells one event.
    var more = 0

    init(_ kind: LogKind, _ metadata: Logger.Metadata) {
        self.kind = kind
        self.metadata = metadata
    }

    /// The line for events that were not told.
    init(_ kind: LogKind, more: Int) {
        self.init(kind, ["more": "\(more)"])
        self.more = more
    }

    var message: String { more > 0 ? "\(kind.message): \(more) more in the last second" : kind.message }
}

/// An incident as the log tells it.
extension Incident.Change {
    fileprivate func entry(
        begun: LogKind, ended: LogKind, counting unit: String, _ metadata: Logger.Metadata
    ) -> LogEntry {
        switch self {
        case .began(let incident):
            LogEntry(begun, metadata.merging([unit: "\(incident.count)"]) { $1 })
        case .ended(let incident):
            LogEntry(
                ended,
                metadata.merging([
                    unit: "\(incident.count)", "seconds": "\((incident.last - incident.began) / 1_000_000 + 1)",
                ]) { $1 })
        }
    }
}

extension LogEntry {
    /// What a topic has begun or stopped to drop or to refuse.
    init(_ news: TopicLosses.News, topic: String) {
        var metadata: Logger.Metadata = ["topic": .quoted(topic)]
        switch news {
        case .dropping(let change, let first, let last):
            metadata["first"] = "\(first)"
            if case .ended = change { metadata["last"] = "\(last)" }
            self = change.entry(begun: .dropsBegun, ended: .dropsEnded, counting: "messages", metadata)
        case .rejecting(let change, let code):
            if let code { metadata.merge(Self.reason(code)) { $1 } }
            self = change.entry(begun: .refusalsBegun, ended: .refusalsEnded, counting: "publishes", metadata)
        }
    }

    /// What the broker has begun or stopped to refuse, whatever the topic.
    init(_ change: Incident.Change, refusing code: ErrorCode) {
        let unit = code.scope == .connection ? "connections" : "requests"
        self = change.entry(begun: .refusalsBegun, ended: .refusalsEnded, counting: unit, Self.reason(code))
    }

    private static func reason(_ code: ErrorCode) -> Logger.Metadata {
        ["code": "\(code.name)", "reason": .quoted(code.summary)]
    }

    /// The memory limit is reached, or no longer.
    init(_ change: Incident.Change, memory: MemoryBudget, largest topic: String?) {
        var metadata: Logger.Metadata = ["limit_bytes": "\(memory.limit)", "used_bytes": "\(memory.used)"]
        if let topic { metadata["largest_topic"] = .quoted(topic) }
        switch change {
        case .began: self = LogEntry(.memoryReached, metadata)
        case .ended(let incident):
            metadata["seconds"] = "\((incident.last - incident.began) / 1_000_000 + 1)"
            self = LogEntry(.memoryLeft, metadata)
        }
    }

    /// A topic's settings have changed: each as `OLD -> NEW`.
    init(changed topic: String, from old: TopicSettings, to new: TopicSettings, by client: Logger.Metadata) {
        var metadata = client
        metadata["topic"] = .quoted(topic)
        for tag in TopicSettings.Tag.allCases where old[tag] != new[tag] {
            metadata[tag.name] = .quoted("\(old.logText(tag)) -> \(new.logText(tag))")
        }
        self.init(.settingsChanged, metadata)
    }

    /// Messages of a queue were parked in the last second.
    init(_ news: ParkedNews.Stretch, of queue: Logger.Metadata) {
        self.init(
            .messagesParked,
            queue.merging([
                "topic": .quoted(news.topic.name.string), "messages": "\(news.messages)", "first": "\(news.first)",
                "last": "\(news.last)", "attempts": "\(news.attempts)", "reason": .quoted(news.reason),
            ]) { $1 })
    }

    /// Delayed messages are given up, as their topic or the broker ends.
    init(lost messages: Int, delayedIn topic: String) {
        self.init(.delayedLost, ["topic": .quoted(topic), "messages": "\(messages)"])
    }

    /// A topic was created; settings that are not the defaults are told.
    init(created topic: String, id: UInt32, _ settings: TopicSettings, by client: Logger.Metadata) {
        var metadata = client
        metadata["topic"] = .quoted(topic)
        metadata["topic_id"] = "\(id)"
        let standard = TopicSettings()
        for tag in TopicSettings.Tag.allCases where settings[tag] != standard[tag] {
            metadata[tag.name] = .quoted(settings.logText(tag))
        }
        self.init(.topicCreated, metadata)
    }
}

extension LogEntry {
    /// A topic was deleted by a client.
    init(deleted topic: DeletedTopic, by client: Logger.Metadata) {
        self.init(.topicDeleted, client.merging(topic.metadata) { $1 })
    }

    /// A topic was removed because nobody used it.
    init(unused topic: DeletedTopic) { self.init(.unusedRemoved, topic.metadata) }
}

extension DeletedTopic {
    /// The topic and what it had: `lost` are messages that a queue was not done with.
    fileprivate var metadata: Logger.Metadata {
        [
            "topic": .quoted(topic.name.string), "topic_id": "\(topic.id)", "messages": "\(end.messages)",
            "lost": "\(end.needed)", "readers": "\(end.readers)",
        ]
    }
}

extension TopicSettings {
    /// A setting with its unit, or in a word.
    fileprivate func logText(_ tag: Tag) -> String {
        switch tag {
        case .overflow: overflow.description
        case .deduplicationScope: deduplicationScope.description
        case .retention, .historyBytes, .historyCount, .limit, .deduplicationWindow: "\(self[tag]) \(tag.unit)"
        }
    }
}

// Sessions.
extension LogEntry {
    /// A session was created; settings that are not the defaults are told.
    init(created session: Session, by client: Logger.Metadata) {
        var metadata = client.merging(session.metadata) { $1 }
        let standard = SessionSettings()
        for tag in SessionSettings.Tag.allCases where session.settings[tag] != standard[tag] {
            metadata[tag.name] = .quoted(session.settings.logText(tag))
        }
        self.init(.sessionCreated, metadata)
    }

    /// Its settings change: each as `OLD -> NEW`.
    init(changed session: Session, to new: SessionSettings, by client: Logger.Metadata) {
        var metadata = client.merging(session.metadata) { $1 }
        let old = session.settings
        for tag in SessionSettings.Tag.allCases where old[tag] != new[tag] {
            metadata[tag.name] = .quoted("\(old.logText(tag)) -> \(new.logText(tag))")
        }
        self.init(.sessionChanged, metadata)
    }

    /// It has expired, or a client has deleted it.
    init(expired session: Session, now: UInt64) {
        let alone = now > session.absentSince ? now - session.absentSince : 0
        self.init(
            .sessionExpired, session.metadata.merging(["absent_seconds": "\(alone / 1_000_000)"]) { $1 })
    }

    init(deleted session: Session, by client: Logger.Metadata) {
        self.init(.sessionDeleted, client.merging(session.metadata) { $1 })
    }
}

extension Session {
    /// Which it is, for every line about it.
    var metadata: Logger.Metadata { ["session": .quoted(name.string), "session_id": "\(id)"] }
}

extension SessionSettings {
    /// A setting with its unit, or in a word.
    fileprivate func logText(_ tag: Tag) -> String {
        switch tag {
        case .mode: mode.description
        case .lagOverflow: lagOverflow.description
        case .expiry, .commitDeadline: "\(self[tag]) ms"
        case .attempts: "\(self[tag]) deliveries"
        case .lagMessages: "\(self[tag]) messages"
        case .lagBytes: "\(self[tag]) bytes"
        }
    }
}
