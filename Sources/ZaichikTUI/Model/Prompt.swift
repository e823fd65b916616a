import ZaichikWords

/// A question on the status line.
struct Prompt: Equatable {
    enum Question: Equatable {
        case subscribe
        case unsubscribe
        case filter(Pane)
        /// - Parameter from: The line with the cursor when it began; nil if the newest was followed.
        case search(from: UInt64?)
        case window
        /// A delay and a reason for messages that are returned.
        case returnMessages([ReceivedMessage])
        /// A reason for messages that are parked.
        case parkMessages([ReceivedMessage])
        /// What an act needs.
        case act(ActPlan)
        /// Whether an act is to be done.
        case confirm(ActPlan)
        // Of the panes in Screens
        case eventFilter
        /// - Parameter from: The event with the cursor when it began; nil if the newest was followed.
        case eventSearch(from: UInt64?)
        case alert
        /// A message that was traced, or one to trace.
        case trace
        /// - Parameter from: The row with the cursor when it began; nil if there was none.
        case findRow(Pane, from: Int?)
        /// The lines of the help that are shown.
        case findKey
        /// An action or a command, by its name.
        case palette
        // Clients and Topics
        /// Whether parked messages are to be dropped.
        case dropParked(ParkedPlan)
        // Messages screen
        /// - Parameter before: The filter when it began.
        case filterMessages(before: String)
        /// A topic to show or to hide.
        case switchTopic
        /// A topic, and a place in it.
        case browse
        /// A file for so many messages.
        case export([ReceivedMessage])
        // Publish screen
        /// A file to publish.
        case chooseFile
    }

    /// A start of a subscription that the prompt offers.
    enum Start: CaseIterable, Sendable {
        case new, earliest, connection

        var label: String {
            switch self {
            case .new: "new messages"
            case .earliest: "the earliest kept"
            case .connection: "since connecting"
            }
        }

        /// For a narrow screen.
        var shortLabel: String {
            switch self {
            case .new: "new"
            case .earliest: "first"
            case .connection: "connect"
            }
        }
    }

    var question: Question
    var editor: LineEditor
    var start = Start.new
    /// The answers that ↑ and ↓ offer.
    var offers: [String] = []
    var offer: Int?
    /// The prefilled text is treated as selected: typing replaces it, editing keeps it.
    var isSelected: Bool
    /// The text that the question began with, which holds again if it is cancelled.
    let before: String
    /// An error in the text that was typed.
    var problem: String?
    /// What a search found, such as "1 of 17".
    var found: String?

    init(_ question: Question, text: String = "", offers: [String] = []) {
        self.question = question
        self.offers = offers
        isSelected = !text.isEmpty
        before = text
        editor = LineEditor(text)
    }

    var label: String {
        switch question {
        case .subscribe: "subscribe to"
        case .unsubscribe: "unsubscribe from"
        case .filter(let pane): "filter \(pane.name.lowercased())"
        case .search: "search messages for"
        case .findRow(let pane, _): "search \(pane.name.lowercased()) for"
        case .findKey: "search the keys for"
        case .palette: "command"
        case .window: "window"
        case .returnMessages(let messages): "return \(Self.names(messages)) after"
        case .parkMessages(let messages): "park \(Self.names(messages)) because"
        case .filterMessages: "filter messages"
        case .switchTopic: "show or hide topic"
        case .browse: "browse topic"
        case .export(let messages): "export \(Self.names(messages)) to"
        case .chooseFile: "publish the file"
        case .act(let plan): plan.label
        case .confirm(let plan):
            plan.item.danger == .asksName
                ? "type \(plan.target.name) to \(plan.item.word) \(plan.pronoun)"
                : "\(plan.item.word) \(plan.pronoun)? y, then Enter"
        case .eventFilter: "filter events"
        case .eventSearch: "search events for"
        case .alert: "alert when"
        case .trace: "trace"
        case .dropParked(let plan):
            "drop \(plan.numbers.count == 1 ? "this message" : "these \(plan.numbers.count) messages") for good? y"
        }
    }

    private static func names(_ messages: [ReceivedMessage]) -> String {
        messages.count == 1 ? "#\(messages[0].sequence)" : "\(messages.count) messages"
    }

    /// Beside the field of a message that is returned.
    static let returnRule = "such as 30s busy; or nothing"
    static let parkRule = "a reason; or nothing"
    static let browseRule = "and \(KeptPlace.forms)"
    static let filterRule = "text, !text without it, ~txt fuzzy"
    static let exportRule = ".csv; else JSON lines"
    static let delayRule = "at most \(FigureText.duration(milliseconds: UInt64(UInt32.max)))"

    /// No name, filter or number is longer, in bytes.
    private static let longest = 1 << 10

    /// Inserts typed or pasted text, in place of a selection.
    mutating func insert(_ text: String) {
        if question == .window, !text.allSatisfy({ $0.isASCII && $0.isNumber }) {
            problem = "digits only: \(Self.windowRule)"
            return
        }
        if isSelected { editor.text = "" }
        isSelected = false
        let fits = editor.insert(text, limit: Self.longest)
        problem = fits ? nil : "at most \(Self.longest) bytes"
    }

    /// Short: it stands beside the field at 80 columns.
    static let windowRule = "a number up to \(CommitState.largestWindow); 0 pauses"

    /// The next offer; the last is followed by the first.
    mutating func choose(_ step: Int) {
        guard !offers.isEmpty else { return }
        let place = offer.map { $0 + step } ?? (step > 0 ? 0 : offers.count - 1)
        offer = (place + offers.count) % offers.count
        editor.text = offers[offer!]
        isSelected = false
        problem = nil
    }
}
