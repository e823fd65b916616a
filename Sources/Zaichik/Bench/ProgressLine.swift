import Glibc

/// One line on standard error that is written over once a second, if that is a terminal.
struct ProgressLine {
    private let isShown: Bool
    private var last: (time: UInt64, sample: LoadSample)?

    init(isShown: Bool) { self.isShown = isShown }

    /// - Parameter now: In ns.
    mutating func show(_ sample: LoadSample, phase: String, now: UInt64) {
        guard isShown else { return }
        guard let last else { return self.last = (now, sample) }
        guard now - last.time >= 1_000_000_000 else { return }
        self.last = (now, sample)
        Self.write("\r\(Self.text(last.sample, sample, nanoseconds: now - last.time, phase: phase))\u{1B}[K")
    }

    func clear() {
        if isShown { Self.write("\r\u{1B}[K") }
    }

    static func text(_ before: LoadSample, _ sample: LoadSample, nanoseconds: UInt64, phase: String) -> String {
        func rate(_ keyPath: KeyPath<LoadSample, UInt64>) -> String {
            RateText.text(Double(sample[keyPath: keyPath] - before[keyPath: keyPath]) * 1e9 / Double(nanoseconds))
        }
        var text = "\(phase): \(rate(\.confirmed)) published/s, \(rate(\.delivered)) delivered/s"
        if sample.sent > sample.confirmed { text += ", \(sample.sent - sample.confirmed) unconfirmed" }
        return text
    }

    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
