import ZaichikProtocol
import ZaichikWords

/// Settings that are typed, a line each.
protocol Knob: CaseIterable, Hashable, Sendable, RawRepresentable<Int> where AllCases == [Self] {
    var label: String { get }
    /// What stands in its field at first.
    var standard: String { get }
    /// What may be typed.
    var hint: String { get }
}

struct KnobForm<K: Knob>: Equatable {
    private var editors = K.allCases.map { LineEditor($0.standard) }
    private(set) var current = K.allCases[0]

    /// The longest answer, in bytes.
    static var longest: Int { 1 << 10 }

    subscript(knob: K) -> LineEditor {
        get { editors[knob.rawValue] }
        _modify { yield &editors[knob.rawValue] }
    }

    func text(_ knob: K) -> String { self[knob].text.trimmed }

    /// The next one; the last is followed by the first.
    mutating func move(by step: Int) {
        let count = K.allCases.count
        current = K.allCases[(current.rawValue + step + count) % count]
    }

    mutating func choose(_ knob: K) { current = knob }

    var isAtEnd: Bool { current == K.allCases.last }
}

/// What is wrong with a setting.
struct KnobProblem<K: Knob>: Error {
    var knob: K
    var text: String
}

extension KnobForm {
    func problem(_ knob: K) -> KnobProblem<K> {
        KnobProblem(knob: knob, text: "'\(text(knob))' is no \(knob.label): \(knob.hint)")
    }

    func whole(_ knob: K, _ range: ClosedRange<Int>) throws(KnobProblem<K>) -> Int {
        guard let number = Int(text(knob)), range.contains(number) else { throw problem(knob) }
        return number
    }

    /// A time in ms; nil if none is typed.
    func time(_ knob: K, _ range: ClosedRange<UInt64>) throws(KnobProblem<K>) -> UInt64? {
        guard !text(knob).isEmpty else { return nil }
        guard let time = DurationText.milliseconds(text(knob)), range.contains(time) else { throw problem(knob) }
        return time
    }
}
