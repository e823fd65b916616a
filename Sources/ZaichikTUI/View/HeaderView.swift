import ZaichikProtocol
import ZaichikWords

/// The first row: the broker, the connection, the figures of the whole broker, and the switches.
enum HeaderView {
    struct Segment: Equatable {
        var label: String
        var value: String
        var role: Role
        /// Segments with a greater rank are left out first.
        var rank: Int
        /// Where even those that stay do not fit.
        var short: String?

        var columns: Int {
            TextWidth.columns(of: label) + (label.isEmpty ? 0 : 1) + TextWidth.columns(of: value)
        }
    }

    private static let zoneLabel = "times"

    static func draw(_ model: Model, in row: Rect, now: Moment, _ painter: inout Painter) {
        painter.fill(row, .header)
        var left = segments(model, now: now)
        var right = switches(model)
        func needed() -> Int { (left + right).reduce(2) { $0 + $1.columns + 3 } }
        while needed() > row.width {
            guard let rank = (left + right).map(\.rank).max(), rank > 0 else { break }
            // The name of a zone is known for one without its label.
            if rank <= 3, let zone = right.firstIndex(where: { $0.label == zoneLabel }) {
                right[zone].label = ""
                continue
            }
            left.removeAll { $0.rank == rank }
            right.removeAll { $0.rank == rank }
        }
        if needed() > row.width {
            for index in right.indices { right[index].value = right[index].short ?? right[index].value }
        }
        while needed() > row.width, right.count > 1 { right.removeLast() }
        var x = row.maxX - right.reduce(right.last?.role == .paused ? -3 : -2) { $0 + $1.columns + 3 }
        let (free, rest) = row.split(left: x - 1 - row.x)
        var end = free.x + 1
        for segment in left { end = draw(segment, x: end, in: right.isEmpty ? row : free, &painter) + 3 }
        x = rest.x + (right.isEmpty ? 0 : 1)
        for segment in right { x = draw(segment, x: x, in: row, &painter) + 3 }
    }

    private static func draw(_ segment: Segment, x: Int, in row: Rect, _ painter: inout Painter) -> Int {
        var x = x
        if !segment.label.isEmpty { x = painter.text(segment.label + " ", x: x, y: row.y, in: row, .headerLabel) }
        return painter.text(TextWidth.cut(segment.value, to: row.maxX - x), x: x, y: row.y, in: row, segment.role)
    }

    private static func segments(_ model: Model, now: Moment) -> [Segment] {
        var segments = [
            name(model),
            Segment(label: "", value: model.broker.address, role: .header, rank: 5),
            connection(model, now: now),
        ]
        let freshness = model.broker.freshness
        let isConnected = model.broker.connection.isConnected
        // A silence is told with its seconds; then the age of the figures would only repeat it.
        if let age = freshness.age, isConnected, freshness.silence == nil {
            segments.append(Segment(label: "", value: "no figures for \(age) s", role: .headerWarning, rank: 1))
        }
        let role: Role = freshness.age == nil ? .header : .headerOld
        if let roundTrip = model.broker.roundTrip {
            segments.append(
                Segment(
                    label: "rtt",
                    value: FigureText.duration(microseconds: UInt64(max(0, roundTrip / .microseconds(1)))),
                    role: freshness.silence == nil ? .header : .headerOld, rank: 8))
        }
        if let alert = alert(model) { segments.append(alert) }
        guard let broker = model.broker.figures, isConnected else { return segments }
        if broker[.losingClients] > 0 { segments.append(losing(broker[.losingClients], columns: model.size.width)) }
        segments += waiting(model, broker)
        segments += [
            Segment(label: "in", value: NarrowFigure.count(broker[.publishRate]) + "/s", role: role, rank: 4),
            Segment(label: "out", value: NarrowFigure.count(broker[.deliverRate]) + "/s", role: role, rank: 6),
            Segment(label: "lag", value: NarrowFigure.count(broker[.lagMessages]), role: role, rank: 1),
            Segment(label: "kept", value: NarrowFigure.bytes(broker[.retainedBytes]), role: role, rank: 10),
            Segment(label: "clients", value: NarrowFigure.count(broker[.connections]), role: role, rank: 11),
            Segment(
                label: "up", value: FigureText.age(microseconds: now.since(broker[.startedAt])), role: role, rank: 10),
        ]
        return segments
    }

    /// An alert that holds: never left out, and it flashes at first. Where none holds, how many are watched.
    private static func alert(_ model: Model) -> Segment? {
        let book = model.screens.alerts
        guard let (rule, raised) = book.raised.first else {
            let count = book.alerts.count
            return count == 0 ? nil : Segment(label: "alerts", value: "\(count)", role: .header, rank: 9)
        }
        let others = book.raised.count > 1 ? " +\(book.raised.count - 1)" : ""
        let text = model.size.width < 80 ? "alert" : TextWidth.cut(rule.sentence(raised), to: model.size.width / 3)
        let role: Role = book.isFlashed(at: model.broker.time) ? .paused : .losing
        return Segment(label: "", value: " \(text)\(others) ", role: role, rank: 0)
    }

    /// The profile's name in its colour, so that one broker is not taken for another.
    private static func name(_ model: Model) -> Segment {
        guard let profile = model.profiles.current else {
            return Segment(label: "", value: "zaichik", role: .header, rank: 9)
        }
        let role: Role = profile.color.map { .profile($0) } ?? .header
        return Segment(label: "", value: " \(TextWidth.cut(profile.name, to: 20)) ", role: role, rank: 1)
    }

    /// The loudest of all: never left out.
    private static func losing(_ count: UInt64, columns: Int) -> Segment {
        let number = NarrowFigure.count(count)
        let long = count == 1 ? "1 client loses messages" : "\(number) clients lose messages"
        return Segment(label: "", value: columns < 60 ? " \(number) losing " : " \(long) ", role: .losing, rank: 0)
    }

    private static func travel(_ travel: Travel, _ model: Model) -> Segment {
        let clock = TimeText.clock(travel.instant, offset: model.utcOffset, milliseconds: false)
        let ago = travel.back == 0 ? "" : ", \(FigureText.age(microseconds: UInt64(travel.back) * Moment.second)) ago"
        return Segment(label: "", value: " \(clock)\(ago) ", role: .paused, rank: 0, short: " \(clock) ")
    }

    /// After losses, clients whose publishes wait; then those that are here and stand still.
    private static func waiting(_ model: Model, _ broker: BrokerStatistics) -> [Segment] {
        let stopped = model.clients.rows.count { $0.state.isStopped }
        return [
            ("blocked", broker[.blockedClients], Role.headerBad, 1), ("stopped", UInt64(stopped), .headerWarning, 3),
        ].filter { $0.1 > 0 }.map { label, count, role, rank in
            Segment(label: label, value: NarrowFigure.count(count), role: role, rank: rank)
        }
    }

    private static func connection(_ model: Model, now: Moment) -> Segment {
        switch model.broker.connection {
        case .connecting: return Segment(label: "", value: "◌ connecting", role: .headerWarning, rank: 0)
        case .connected:
            if let silence = model.broker.freshness.silence {
                return Segment(label: "", value: "◌ no answer for \(silence) s", role: .headerBad, rank: 0)
            }
            return Segment(label: "", value: "● connected", role: .headerGood, rank: 0)
        case .lost(_, _, let attempt, let next):
            var text = "○ no connection"
            if let next, next > now {
                text += ", again in \((next.since(now) + Moment.second - 1) / Moment.second) s"
            } else if attempt > 1 {
                text += ", trying"
            }
            return Segment(label: "", value: text, role: .headerBad, rank: 0)
        case .ended: return Segment(label: "", value: "○ connection ended", role: .headerBad, rank: 0)
        }
    }

    private static func switches(_ model: Model) -> [Segment] {
        // Times without their zone would be a riddle, so it stays almost to the last.
        var segments = [
            Segment(label: zoneLabel, value: ZoneText.text(offset: model.utcOffset), role: .header, rank: 2)
        ]
        if let session = model.broker.session {
            segments.append(Segment(label: "session", value: TextWidth.cut(session, to: 20), role: .header, rank: 3))
        }
        if model.isReadOnly { segments.append(Segment(label: "", value: "read-only", role: .headerLabel, rank: 3)) }
        if model.broker.isDemo { segments.append(Segment(label: "", value: "demo", role: .headerLabel, rank: 12)) }
        if let travel = model.screens.travel { segments.append(Self.travel(travel, model)) }
        if model.isDisplayPaused, model.screens.travel == nil {
            segments.append(
                Segment(label: "", value: " display paused ", role: .paused, rank: 0, short: " paused "))
        }
        if model.commits.window == 0 {
            segments.append(
                Segment(label: "", value: " delivery paused ", role: .paused, rank: 0, short: " window 0 "))
        } else {
            segments.append(
                Segment(
                    label: "window", value: NarrowFigure.count(UInt64(model.commits.window)), role: .header, rank: 7))
        }
        if model.commits.isAutomatic {
            segments.append(Segment(label: "commits", value: "automatic", role: .header, rank: 7))
        } else {
            // The broker's figure is half a second old; what came since counts here already.
            let own = max(model.ownRow?[.lagMessages] ?? 0, model.commits.inFlight)
            segments.append(
                Segment(
                    label: "", value: " by hand, own lag \(NarrowFigure.count(own)) ", role: .paused, rank: 0,
                    short: " by hand "))
        }
        return segments
    }
}
