import ZaichikProtocol
import ZaichikWords

/// What the shades of the heat-map stand for.
enum HeatFigure: CaseIterable, Sendable {
    case lag, age, loss

    var word: String {
        switch self {
        case .lag: "lag"
        case .age: "age"
        case .loss: "lost"
        }
    }

    var next: HeatFigure {
        switch self {
        case .lag: .age
        case .age: .loss
        case .loss: .lag
        }
    }

    func value(_ pair: ClientTopicStatistics) -> UInt64 {
        switch self {
        case .lag: pair[.lagMessages]
        case .age: pair[.oldestAge]
        case .loss: pair[.gapMessages]
        }
    }

    /// Five columns at most.
    func text(_ value: UInt64) -> String {
        switch self {
        case .lag, .loss: NarrowFigure.count(value)
        case .age: value < Moment.second ? "<1s" : TextWidth.cut(FigureText.age(microseconds: value), to: 6)
        }
    }

    /// The digit of a cell: how many digits the number has, of an age in seconds, so each step is ten times the one before.
    func level(_ value: UInt64) -> Int {
        let number = self == .age ? value / Moment.second + (value > 0 ? 1 : 0) : value
        return number == 0 ? 0 : String(number).utf8.count
    }

    /// What a digit means, for the legend.
    var legend: String {
        switch self {
        case .lag: "1 up to 9 messages behind, 2 up to 99, each ten times more"
        case .age: "1 up to 9 s old, 2 up to 99 s, each ten times more"
        case .loss: "1 up to 9 messages lost, 2 up to 99, each ten times more"
        }
    }
}

/// How a cell of a level looks: a shade and a role, so that it is seen without colours, too.
enum HeatShade {
    static func glyph(level: Int) -> String {
        switch level {
        case 0: "·"
        case 1...2: "░"
        case 3: "▒"
        case 4: "▓"
        default: "█"
        }
    }

    /// - Parameter isLosing: Messages of this pair are being lost now: the loudest of all.
    static func role(level: Int, _ figure: HeatFigure, isLosing: Bool) -> Role {
        if isLosing { return .losing }
        return switch level {
        case 0: .quiet
        case 1...2: figure == .loss ? .warning : .text
        case 3: .warning
        default: .bad
        }
    }
}
