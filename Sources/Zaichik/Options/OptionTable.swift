import ArgumentParser
import FoundationEssentials

/// The options and arguments of one command, as ArgumentParser describes them.
struct OptionTable {
    enum Kind: Equatable {
        case flag
        /// With the name of the value.
        case option(String)
    }

    /// By the name with its dashes.
    private(set) var options: [String: Kind] = [:]
    /// The names of the arguments, in their order.
    private(set) var arguments: [String] = []
    /// The names of the options that take any bytes, with dashes, and of the arguments that do.
    private var byteNames: Set<String> = []

    init(of command: any ParsableCommand.Type) {
        let bytes = (command as? any TakesBytes.Type)?.byteArguments ?? []
        for argument in Self.description(of: command) {
            let names = (argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }
            let isBytes = !bytes.isDisjoint(with: [argument.valueName ?? ""] + (argument.names ?? []).map(\.name))
            switch argument.kind {
            case "positional":
                arguments.append(argument.valueName ?? "")
                if isBytes { byteNames.insert(argument.valueName ?? "") }
            case "flag": for name in names { options[name] = .flag }
            default:
                for name in names { options[name] = .option(argument.valueName ?? "value") }
                if isBytes { byteNames.formUnion(names) }
            }
        }
        for name in ["-h", "--help", "--version"] { options[name] = .flag }
    }

    /// Whether an option or an argument may have any bytes.
    func takesBytes(_ name: String) -> Bool { byteNames.contains(name) }

    /// The name of the argument at a place; the last one may be repeated.
    func argument(at place: Int) -> String? { place < arguments.count ? arguments[place] : arguments.last }

    private struct Dump: Decodable {
        struct Command: Decodable { var arguments: [Argument]? }
        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }
            var kind: String
            var names: [Name]?
            var valueName: String?
        }
        var command: Command
    }

    private static func description(of command: any ParsableCommand.Type) -> [Dump.Argument] {
        guard let dump = try? JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8)) else {
            preconditionFailure("ArgumentParser describes a command in another way than this was written for")
        }
        return dump.command.arguments ?? []
    }
}
