import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// What happens, in sentences: a line for each change, for screen readers and logs.
struct LinearReport {
    /// What was told of a client last.
    private struct Told: Equatable {
        var state: ClientState
        var lag: UInt64
        var label: String
    }

    private var told: [UInt64: Told] = [:]
    /// Whether the first figures have been told.
    private var hasBegun = false

    /// The lines for an event, which may be none.
    mutating func lines(for event: LinkEvent, _ before: Model, _ after: Model) -> [String] {
        switch event {
        case .connected: [Self.connected(after)]
        case .lost(let reason):
            before.broker.connection.isConnected || isFirst(before) ? ["no connection: \(Self.oneLine(reason))"] : []
        case .ended(let reason): ["the connection ended and is not made again: \(Self.oneLine(reason))"]
        case .statistics: changes(after)
        case .arrived(let arrivals): arrivals.map { Self.line($0, after) }
        case .detail(_, let detail): Self.verdict(detail.client, ClientVerdict.sentence(detail))
        case .sessionDetail(let detail): ["\(detail.session.name): \(ClientVerdict.sentence(detail))"]
        case .topicDetail(let name, let detail): [Self.topic(name, detail)]
        case .noDetail(_, let problem), .noTopicDetail(_, let problem), .noSessionDetail(_, let problem):
            [Self.oneLine(problem)]
        case .connecting, .retrying, .roundTrip: []
        default: after.notice.map { $0 == before.notice ? [] : [Self.oneLine($0.text)] } ?? []
        }
    }

    private func isFirst(_ before: Model) -> Bool {
        if case .connecting = before.broker.connection { true } else { false }
    }

    private static func connected(_ model: Model) -> String {
        "connected to \(model.broker.address)" + (model.broker.session.map { ", session \(oneLine($0))" } ?? "")
    }

    private static func verdict(_ client: ClientStatistics, _ sentence: String) -> [String] {
        ["\(oneLine(client.name)): \(sentence)"]
    }

    // MARK: Clients

    private mutating func changes(_ model: Model) -> [String] {
        guard model.broker.figures != nil else { return [] }
        let labels = ClientLabel.labels(of: model.clients.rows)
        var lines: [String] = []
        var now: [UInt64: Told] = [:]
        for (client, label) in zip(model.clients.rows, labels) where client.id != model.broker.connection.ownID {
            let state = Told(state: client.state, lag: client[.lagMessages], label: label)
            let before = told[client.id]
            now[client.id] = before.map { Self.isWorthTelling(state, after: $0) ? state : $0 } ?? state
            guard hasBegun, now[client.id] != before else { continue }
            lines.append(Self.sentence(client, label, isNew: before == nil))
        }
        if hasBegun, model.clients.isWhole {
            for (id, client) in told.sorted(by: { $0.key < $1.key }) where now[id] == nil {
                lines.append("\(Self.oneLine(client.label)) is gone")
            }
        }
        told = now
        if hasBegun { return lines }
        hasBegun = true
        return Self.summary(model)
    }

    /// Another state, or a lag that has doubled or halved while it is behind.
    private static func isWorthTelling(_ new: Told, after old: Told) -> Bool {
        if new.state != old.state { return true }
        let isBehind = ![.idle, .publishing, .keepingUp].contains(new.state)
        return isBehind && (new.lag >= max(2 * old.lag, 10) || 2 * new.lag <= old.lag && old.lag >= 10)
    }

    private static func sentence(_ client: ClientStatistics, _ label: String, isNew: Bool) -> String {
        let name = oneLine(label) + (isNew ? " is new" : "")
        guard client.hasQueue else { return "\(name): \(StateText.word(client.state))" }
        let lost = client.state == .losing ? ", \(client[.gapMessages]) lost so far" : ""
        return "\(name): \(StateText.word(client.state)), lag \(NarrowFigure.count(client[.lagMessages]))\(lost)"
    }

    // MARK: On demand

    /// The whole in a few lines: the broker, and the clients that are behind, the worst first.
    static func summary(_ model: Model) -> [String] {
        guard let figures = model.broker.figures else { return ["no figures yet"] }
        let rows = model.clients.rows
        let count = { (value: UInt64) in NarrowFigure.count(value) }
        let behind = rows.filter(\.isBehind)
        let first =
            "\(count(figures[.connections])) clients, \(count(figures[.losingClients])) lose messages, "
            + "\(behind.count) behind, lag \(count(figures[.lagMessages])); in \(count(figures[.publishRate]))/s, "
            + "out \(count(figures[.deliverRate]))/s"
        let labels = Dictionary(uniqueKeysWithValues: zip(rows.map(\.id), ClientLabel.labels(of: rows)))
        let worst = behind.sorted { $0[.severity] > $1[.severity] }.prefix(20)
        let age = model.broker.freshness.age.map { ["these figures are \($0) s old"] } ?? []
        return [first] + worst.map { sentence($0, labels[$0.id] ?? $0.name, isNew: false) } + age
    }

    static func topics(_ model: Model) -> [String] {
        if model.topics.rows.isEmpty { return ["no topics"] }
        return model.topics.rows.map { topic in
            "\(oneLine(topic.name)): in \(NarrowFigure.count(topic[.publishRate]))/s, "
                + "\(NarrowFigure.count(topic[.retainedMessages])) kept, \(topic[.subscribers]) readers"
                + (topic[.droppedMessages] > 0 ? ", \(NarrowFigure.count(topic[.droppedMessages])) dropped" : "")
        }
    }

    private static func topic(_ name: String, _ detail: TopicDetail) -> String {
        let readers = detail.readers.rows.map { reader in
            "\(oneLine(reader.name)) \(StateText.word(reader.state)), lag \(NarrowFigure.count(reader[.lagMessages]))"
        }
        let row = detail.topic
        return "\(oneLine(name)): in \(NarrowFigure.count(row[.publishRate]))/s, "
            + "\(NarrowFigure.count(row[.retainedMessages])) kept; read by "
            + (readers.isEmpty ? "nobody" : readers.joined(separator: "; "))
    }

    static let help = [
        "Enter: how it is now; topics: every topic; topic NAME: who reads it; why NAME: why a client is behind;",
        "sub PATTERN, unsub PATTERN, pub TOPIC TEXT, window COUNT; q: the end",
    ]

    private static func line(_ arrival: LinkArrival, _ model: Model) -> String {
        switch arrival {
        case .gap(let topic, let first, let last, let reason):
            return oneLine(GapText.line(topic: topic, first: first, last: last, reason: reason))
        case .message(let message):
            let key = message.key.map { " key \(SafeText.text($0))" } ?? ""
            let body = PayloadText.line(message.payload, message.format(model.payloadFormat))
            return oneLine("\(message.topic) #\(message.sequence)\(key): \(body)")
        }
    }

    private static func oneLine(_ text: String) -> String { SafeText.escaped(text) }
}
