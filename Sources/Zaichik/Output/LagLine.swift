import ZaichikClient
import ZaichikProtocol
import ZaichikWords

/// One line of `zaichik lag`.
struct LagLine {
    private enum Column: CaseIterable {
        case time, clients, published, delivered, committed, lag, retained, lostRate, lost, dropped, worst
    }

    /// The columns that are left out first where a line has too little room. What is lost stays.
    private static let dispensable: [Column] = [
        .retained, .clients, .delivered, .lostRate, .committed, .published, .time,
    ]
    /// The width that the worst client gets before columns are left out, and before the time is.
    private static let worstWidth = 28
    private static let narrowWorstWidth = 12

    /// The columns of a terminal's line; nil for as many as it needs.
    private let width: Int?
    /// The distance of the times from UTC, in seconds.
    private let zone: Int
    private let shown: [Column]

    init(width: Int?, zone: Int) {
        self.width = width
        self.zone = zone
        var shown = Column.allCases
        if let width {
            var room = width - shown.reduce(-1) { $0 + Self.width(of: $1, zone) + 1 }
            for column in Self.dispensable where room < (column == .time ? Self.narrowWorstWidth : Self.worstWidth) {
                shown.removeAll { $0 == column }
                room += Self.width(of: column, zone) + 1
            }
        }
        self.shown = shown
    }

    var head: String { join(shown.map { Self.title(of: $0, zone) }) }

    /// - Parameter isLoud: Whether a client that loses messages is coloured.
    func text(_ update: StatisticsUpdate, isLoud: Bool = false) -> String {
        let line = join(shown.map { text($0, update) })
        let loses = update.broker[.losingClients] > 0
        return isLoud && loses ? Loudness.loud(line) : line
    }

    private static func title(of column: Column, _ zone: Int) -> String {
        switch column {
        case .time: "TIME \(zone == 0 ? "UTC" : TimeText.zone(zone))"
        case .clients: "CLIENTS"
        case .published: "PUB/S"
        case .delivered: "DELIV/S"
        case .committed: "COMMIT/S"
        case .lag: "LAG"
        case .retained: "RETAINED"
        case .lostRate: "LOST/S"
        case .lost: "LOST"
        case .dropped: "DROPPED"
        case .worst: "WORST"
        }
    }

    private static func width(of column: Column, _ zone: Int) -> Int {
        switch column {
        case .time: title(of: column, zone).count
        case .clients: 7
        case .published, .delivered, .committed: 8
        case .lag, .lost, .dropped, .retained: 9
        case .lostRate: 7
        case .worst: 0
        }
    }

    private func text(_ column: Column, _ update: StatisticsUpdate) -> String {
        let broker = update.broker
        let number = { (figure: BrokerFigure) in count(broker[figure], in: column) }
        switch column {
        case .time: return TimeText.clock(update.time, offset: zone, milliseconds: false)
        case .clients: return number(.connections)
        case .published: return number(.publishRate)
        case .delivered: return number(.deliverRate)
        case .committed: return number(.commitRate)
        case .lag: return number(.lagMessages)
        case .retained: return FigureText.bytes(broker[.retainedBytes])
        case .lostRate: return number(.lostRate)
        case .lost: return number(.gapMessages)
        case .dropped: return number(.droppedMessages)
        case .worst: return update.clients?.rows.first.flatMap(Self.worst) ?? "-"
        }
    }

    /// The whole number if it fits into its column.
    private func count(_ value: UInt64, in column: Column) -> String {
        let text = String(value)
        return width == nil || text.count <= Self.width(of: column, zone) ? text : NarrowFigure.count(value)
    }

    /// - Returns: nil if the client is neither behind nor loses anything.
    private static func worst(_ client: ClientStatistics) -> String? {
        guard client[.severity] > 0 else { return nil }
        let label = "\(SafeText.escaped(ClientLabel.labels(of: [client])[0]))#\(client.id)"
        let age = FigureText.text(client[.oldestAge], ClientFigure.oldestAge)
        let word = StateText.word(client.state)
        guard client.state == .losing else { return "\(label) \(client[.lagMessages]), \(age), \(word)" }
        return "\(label) \(word) \(client[.lostRate])/s, lag \(client[.lagMessages]), \(age)"
    }

    private func join(_ texts: [String]) -> String {
        let line = zip(shown, texts).map { TextWidth.padded($1, to: Self.width(of: $0, zone), isNumber: true) }
            .joined(separator: " ")
        return width.map { TextWidth.cut(line, to: $0) } ?? line
    }
}
