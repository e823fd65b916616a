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
    /// What it was prefilled with is as if selected: typing replaces it, editing keeps it.
    var isSelected: Bool
    /// What is wrong with what was typed.
    var problem: String?

    init(_ question: Question, text: String = "", offers: [String] = []) {
        self.question = question
        self.offers = offers
        isSelected = !text.isEmpty
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

    /// What is typed or pasted, in place of what is selected.
    mutating func insert(_ text: String) {
        if question == .window, !text.allSatisfy({ $0.isASCII && $0.isNumber }) {
            problem = Self.windowRule
            return
        }
        if isSelected { editor.text = "" }
        isSelected = false
        editor.insert(text)
        problem = nil
    }

    /// Short: it stands beside the field at 80 columns.
    static let windowRule = "a number up to \(CommitState.largestWindow); 0 pauses"

    /// The next of what is offered, round about.
    mutating func choose(_ step: Int) {
        guard !offers.isEmpty else { return }
        let place = offer.map { $0 + step } ?? (step > 0 ? 0 : offers.count - 1)
        offer = (place + offers.count) % offers.count
        editor.text = offers[offer!]
        isSelected = false
        problem = nil
    }
}
