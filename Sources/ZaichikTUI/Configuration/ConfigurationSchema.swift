/// The JSON Schema of the configuration, which editors use to complete and to check it: docs/schema has it.
enum ConfigurationSchema {
    static var text: String {
        let keys = KeyMap.rebindable.map { ##""\##($0)": { "$ref": "#/$defs/keys" }"## }.joined(
            separator: ",\n        ")
        return """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "title": "Configuration of zaichik-tui: ~/.config/zaichik/terminal.yaml",
              "type": "object",
              "additionalProperties": false,
              "properties": {
            \(properties(ConfigurationEntry<TerminalConfiguration>.all, indent: 4)),
                "profiles": {
                  "description": "Brokers by name.",
                  "type": "object",
                  "additionalProperties": { "$ref": "#/$defs/profile" }
                },
                "keys": {
                  "description": "Other keys for actions.",
                  "type": "object",
                  "additionalProperties": false,
                  "properties": {
                    \(keys)
                  }
                }
              },
              "$defs": {
                "keys": {
                  "oneOf": [{ "type": "string" }, { "type": "array", "minItems": 1, "items": { "type": "string" } }]
                },
                "profile": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": ["address"],
                  "properties": {
            \(properties(ConfigurationEntry<Profile>.all, indent: 8))
                  }
                }
              }
            }

            """
    }

    private static func properties<Target>(_ entries: [ConfigurationEntry<Target>], indent: Int) -> String {
        let space = String(repeating: " ", count: indent)
        return entries.map { entry in
            #"\#(space)"\#(entry.name)": { "description": "\#(entry.help)", \#(type(entry.shape)) }"#
        }.joined(separator: ",\n")
    }

    private static func type<Target>(_ shape: ConfigurationEntry<Target>.Shape) -> String {
        switch shape {
        case .yesOrNo: #""type": "boolean""#
        // YAML takes 256 for a number.
        case .choice(let words):
            #""enum": [\#(words.map { UInt64($0) == nil ? "\"\($0)\"" : "\($0), \"\($0)\"" }.joined(separator: ", "))]"#
        case .number(let range):
            #""type": "integer", "minimum": \#(range.lowerBound), "maximum": \#(range.upperBound)"#
        case .text: #""type": "string""#
        case .texts: ##""oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }]"##
        }
    }
}
