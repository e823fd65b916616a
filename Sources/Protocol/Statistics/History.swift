import NIOCore

/// Figures whose values at each of the last seconds the broker keeps: of clients and sessions, topics, and itself.
public enum HistoryFigure: Int, Figure {
    case lagMessages = 0
    case publishRate
    case deliverRate
    case commitRate
    case retainedMessages
    case connections

    public var name: String {
        switch self {
        case .lagMessages: "lag_messages"
        case .publishRate: "published_per_second"
        case .deliverRate: "delivered_per_second"
        case .commitRate: "committed_per_second"
        case .retainedMessages: "retained_messages"
        case .connections: "connections"
        }
    }

    public var unit: FigureUnit {
        switch self {
        case .lagMessages, .retainedMessages: .messages
        case .publishRate, .deliverRate, .commitRate: .perSecond
        case .connections: .count
        }
    }

    public var summary: String {
        switch self {
        case .lagMessages: "of clients, sessions and the broker: pending, in flight and returned"
        case .publishRate: "of topics and the broker: accepted in the second"
        case .deliverRate: "of all: delivered in the second"
        case .commitRate: "of clients, sessions and the broker: committed in the second"
        case .retainedMessages: "of topics: messages kept"
        case .connections: "of the broker: connections open"
        }
    }
}

/// What a history is asked of.
public enum HistorySubject: Hashable, Sendable {
    case broker
    /// By its id, as lists show it; that of a session is one, too.
    case client(UInt64)
    case session(String)
    case topic(String)

    var number: UInt8 {
        switch self {
        case .broker: 0
        case .client: 1
        case .session: 2
        case .topic: 3
        }
    }

    var id: UInt64 { if case .client(let id) = self { id } else { 0 } }

    var name: String {
        switch self {
        case .broker, .client: ""
        case .session(let name), .topic(let name): name
        }
    }

    init?(number: UInt8, id: UInt64, name: String) {
        switch number {
        case 0: self = .broker
        case 1: self = .client(id)
        case 2: self = .session(name)
        case 3: self = .topic(name)
        default: return nil
        }
    }
}

/// Which part of a history is wanted.
public struct HistoryQuery: Hashable, Sendable {
    public var subject: HistorySubject
    /// The most of the last seconds; 0 for all that are kept.
    public var seconds: UInt16
    /// Empty for all that there are.
    public var figures: Set<HistoryFigure>

    public init(_ subject: HistorySubject, seconds: UInt16 = 0, figures: Set<HistoryFigure> = []) {
        self.subject = subject
        self.seconds = seconds
        self.figures = figures
    }

    /// Whether a figure is wanted.
    public func wants(_ figure: HistoryFigure) -> Bool { figures.isEmpty || figures.contains(figure) }
}

/// Figures at each of the last seconds.
public struct History: Equatable, Sendable {
    /// When the newest second was noted, in µs since 1970 UTC; 0 if there is none.
    public var time: UInt64 = 0
    /// From one value to the next, in ms.
    public var interval: UInt32 = 1000
    public var series: [Series] = []

    /// One figure's values, the newest last.
    public struct Series: Equatable, Sendable {
        public var figure: HistoryFigure
        public var values: [UInt64]

        public init(_ figure: HistoryFigure, _ values: [UInt64]) {
            self.figure = figure
            self.values = values
        }
    }

    public init() {}

    /// The values of a figure; empty if they are not there.
    public subscript(figure: HistoryFigure) -> [UInt64] { series.first { $0.figure == figure }?.values ?? [] }
}

extension HistoryQuery {
    /// `subject, u8 0, seconds, figures (a bit for each), client id, name`.
    init(_ body: inout FrameBody) throws(FrameError) {
        let number: UInt8 = try body.integer()
        try body.skip(1)
        let seconds: UInt16 = try body.integer()
        let bits: UInt32 = try body.integer()
        let id: UInt64 = try body.integer()
        let name = try body.string(Int(body.header.short))
        guard let subject = HistorySubject(number: number, id: id, name: name) else {
            throw body.badArgument("subject \(number) is none of 0 broker, 1 client, 2 session, 3 topic")
        }
        let figures = HistoryFigure.allCases.filter { bits & 1 << UInt32($0.rawValue) != 0 }
        guard bits == 0 || bits >> UInt32(HistoryFigure.allCases.count) == 0 else {
            throw body.badArgument("bits \(bits) name figures of which this broker keeps no history")
        }
        self.init(subject, seconds: seconds, figures: Set(figures))
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeInteger(subject.number)
        buffer.writeInteger(UInt8(0))
        buffer.writeLittle(seconds)
        buffer.writeLittle(figures.reduce(UInt32(0)) { $0 | 1 << UInt32($1.rawValue) })
        buffer.writeLittle(subject.id)
        buffer.writeString(subject.name)
    }
}

extension History {
    /// `time, interval, number of seconds, number of figures, u8 0`, then `figure` and its values, for each.
    init(_ body: inout FrameBody) throws(FrameError) {
        time = try body.integer()
        interval = try body.integer()
        let count: UInt16 = try body.integer()
        let figures: UInt8 = try body.integer()
        try body.skip(1)
        for _ in 0..<figures {
            let figure = HistoryFigure(rawValue: Int(try body.integer(UInt8.self)))
            var values: [UInt64] = []
            for _ in 0..<count { values.append(try body.integer()) }
            // One that is newer than this table is passed over.
            if let figure { series.append(Series(figure, values)) }
        }
    }

    func write(to buffer: inout ByteBuffer) {
        buffer.writeLittle(time)
        buffer.writeLittle(interval)
        let count = series.map(\.values.count).min() ?? 0
        buffer.writeLittle(UInt16(clamping: count))
        buffer.writeInteger(UInt8(series.count))
        buffer.writeInteger(UInt8(0))
        for series in series {
            buffer.writeInteger(UInt8(series.figure.rawValue))
            for value in series.values.suffix(count) { buffer.writeLittle(value) }
        }
    }
}
