#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Prints one screen, and ends: `--once SCREEN`.
struct OnceRun {
    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    /// Some panes ask for more when the first figures are there.
    private static let updates = 2
    private static let patience = 10 * Moment.second

    let pane: Pane
    let isJSON: Bool
    let columns: Int
    let theme: Theme

    func run(_ model: Model, _ link: any BrokerLink) throws(Problem) {
        var model = model
        model.show(pane)
        let plain = PlainLink(model: model, link: link, clock: { SystemClock.now })
        plain.start()
        defer { plain.end() }
        let deadline = SystemClock.now + Self.patience
        var updates = 0
        while updates < Self.updates {
            _ = plain.wait(milliseconds: 100)
            plain.takeEvents { event, _, _ in if case .statistics = event { updates += 1 } }
            switch plain.model.broker.connection {
            case .lost(let reason, _, _, _), .ended(let reason, _): throw Problem(description: reason)
            case .connecting, .connected: break
            }
            guard SystemClock.now < deadline else {
                throw Problem(description: "the broker at \(model.broker.address) sent no figures within 10 s")
            }
        }
        let now = SystemClock.now
        if isJSON {
            print(OnceReport.json(plain.model, pane, columns: columns, theme: theme, now: now))
        } else {
            for line in OnceReport.text(plain.model, pane, columns: columns, theme: theme, now: now) { print(line) }
        }
    }
}
