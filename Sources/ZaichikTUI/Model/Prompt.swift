/// A question on the status line.
struct Prompt: Equatable {
    enum Question: Equatable {
        case subscribe
        case unsubscribe
        case filter(Pane)
        case window
    }

    /// Where a subscription is to start, as the prompt offers it.
    enum Start: CaseIterable, Sendable {
        case new, earliest, connection

        var label: String {
            switch self {
            case .new: "new messages"
            case .earliest: "the earliest kept"
            case .connection: "since connecting"
            }
        }
    }

    var question: Question
    var editor: LineEditor
    var start = Start.new
    /// What ↑ and ↓ offer.
    var offers: [String] = []
    var offer: Int?
    /// What is wrong with what was typed.
    var problem: String?

    init(_ question: Question, text: String = "", offers: [String] = []) {
        self.question = question
        self.offers = offers
        editor = LineEditor(text)
    }

    var label: String {
        switch question {
        case .subscribe: "subscribe to"
        case .unsubscribe: "unsubscribe from"
        case .filter(let pane): "filter \(pane.name.lowercased())"
        case .window: "window"
        }
    }

    /// The next of what is offered, round about.
    mutating func choose(_ step: Int) {
        guard !offers.isEmpty else { return }
        let place = offer.map { $0 + step } ?? (step > 0 ? 0 : offers.count - 1)
        offer = (place + offers.count) % offers.count
        editor.text = offers[offer!]
        problem = nil
    }
}
