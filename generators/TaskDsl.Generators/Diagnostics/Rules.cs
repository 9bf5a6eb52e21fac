using Microsoft.CodeAnalysis;

namespace TaskDsl.Generators.Diagnostics;

/// <summary>Every kind of mistake that is diagnosed. Each id is explained in <c>docs/diagnostics.md</c>.</summary>
public static class Rules
{
    // 10xx: the text
    public static readonly DiagnosticDescriptor BrokenYaml = Rule("TDSL1001", "Broken YAML", "this is not YAML: {0}");
    public static readonly DiagnosticDescriptor DuplicateKey = Rule(
        "TDSL1002",
        "Duplicate key",
        "'{0}' stands here a second time; keep one of them"
    );
    public static readonly DiagnosticDescriptor RefusedYaml = Rule("TDSL1003", "Refused YAML", "{0} is not allowed here. {1}");
    public static readonly DiagnosticDescriptor EmptyFile = Rule(
        "TDSL1004",
        "Empty file",
        "the file is empty; it should begin with its kind and a name, as 'task: key_terms'"
    );
    public static readonly DiagnosticDescriptor TooLarge = Rule(
        "TDSL1005",
        "File too large",
        "the file has {0}, more than the 4 MiB that a definition may have. Data belongs into data files"
    );

    // 11xx: words and values
    public static readonly DiagnosticDescriptor UnknownProperty = Rule("TDSL1101", "Unknown property", "'{0}' is not a property of {1}{2}");
    public static readonly DiagnosticDescriptor UnknownWord = Rule("TDSL1102", "Unknown word", "'{0}' is not {1}{2}");
    public static readonly DiagnosticDescriptor WrongType = Rule("TDSL1103", "Wrong type", "{0} where {1} is expected");
    public static readonly DiagnosticDescriptor OutOfRange = Rule("TDSL1104", "Out of range", "{0} is not allowed for '{1}'; expected {2}");
    public static readonly DiagnosticDescriptor Missing = Rule("TDSL1105", "Missing property", "{0} needs '{1}'{2}");
    public static readonly DiagnosticDescriptor WrongHead = Rule(
        "TDSL1106",
        "Wrong head",
        "the first key of a *.{0}.yaml file must be '{0}: <name>'"
    );
    public static readonly DiagnosticDescriptor BadName = Rule("TDSL1107", "Bad name", "'{0}' cannot be a name: {1}");
    public static readonly DiagnosticDescriptor MissingFile = Rule(
        "TDSL1108",
        "Missing file",
        "'{0}' names no file or folder of the project{1}"
    );
    public static readonly DiagnosticDescriptor UnknownKind = Rule("TDSL1109", "Unknown kind", "'{0}' is not a kind of definition{1}");
    public static readonly DiagnosticDescriptor KindlessName = Rule(
        "TDSL1110",
        "Kind missing in the file's name",
        "the file begins as a {0}, and its name does not say so; rename it to '{1}'"
    );
    public static readonly DiagnosticDescriptor Companions = Rule(
        "TDSL1111",
        "Two that go together otherwise than alone",
        "'{0}' stands beside '{1}': {2}. Leave one of them out if you mean the other alone",
        DiagnosticSeverity.Warning
    );
    public static readonly DiagnosticDescriptor NoneOf = Rule(
        "TDSL1112",
        "None of several",
        "this {0} has no {1}, so that {2}",
        DiagnosticSeverity.Warning
    );
    public static readonly DiagnosticDescriptor NotOne = Rule(
        "TDSL1113",
        "Two where one is meant",
        "'{0}' stands beside '{1}', and one of the two is meant; keep that one"
    );

    // 12xx: across files
    public static readonly DiagnosticDescriptor UnknownReference = Rule("TDSL1201", "Unknown reference", "there is no {0} named '{1}'{2}");
    public static readonly DiagnosticDescriptor DuplicateName = Rule(
        "TDSL1202",
        "Duplicate name",
        "the {0} '{1}' is also declared in {2}; names are unique among their kind"
    );
    public static readonly DiagnosticDescriptor NameClash = Rule(
        "TDSL1203",
        "Name clash",
        "the {0} '{1}' would be '{2}' in C#, a name that {3} has already; choose another"
    );
    public static readonly DiagnosticDescriptor NotOfIt = Rule("TDSL1204", "Unclear reference", "{0}");

    // 13xx: tasks
    public static readonly DiagnosticDescriptor BadFieldType = Rule("TDSL1301", "Bad field type", "{0}");
    public static readonly DiagnosticDescriptor BadTask = Rule("TDSL1302", "Inconsistent task", "{0}");
    public static readonly DiagnosticDescriptor MissingSurface = Rule(
        "TDSL1303",
        "Missing surface",
        "the {0} '{1}' has no surface in {2}, where others have one, and is written '{1}' there; add it, as surfaces: {{{3}}}",
        DiagnosticSeverity.Warning
    );
    public static readonly DiagnosticDescriptor UnfitMetric = Rule(
        "TDSL1304",
        "Unfit metric",
        "metric {0} measures one field of type {1}, and the output has {2}; what fits it is {3}"
    );

    // 14xx: prompts
    public static readonly DiagnosticDescriptor BrokenTemplate = Rule("TDSL1401", "Broken template", "{0}");
    public static readonly DiagnosticDescriptor UnknownVariable = Rule("TDSL1402", "Unknown variable", "'{0}' is not known here{1}");
    public static readonly DiagnosticDescriptor UnsupportedTemplate = Rule("TDSL1403", "Unsupported template", "{0}");
    public static readonly DiagnosticDescriptor BadPrompt = Rule("TDSL1404", "Inconsistent prompt", "{0}");
    public static readonly DiagnosticDescriptor InputNotShown = Rule("TDSL1405", "Input not shown", "{0}", DiagnosticSeverity.Warning);
    public static readonly DiagnosticDescriptor ForeignTemplate = Rule(
        "TDSL1406",
        "Another template language",
        "'{0}' is plain text here, which the model would read as it stands; a template is written {1}",
        DiagnosticSeverity.Warning
    );

    // 15xx: data files
    public static readonly DiagnosticDescriptor WrongContent = Rule("TDSL1501", "Wrong content", "'{0}' is {1}");
    public static readonly DiagnosticDescriptor UnknownColumn = Rule("TDSL1502", "Unknown column", "'{0}' is not a column of '{1}'{2}");
    public static readonly DiagnosticDescriptor MissingColumn = Rule(
        "TDSL1503",
        "Missing column",
        "'{0}' has no column for the field '{1}'{2}"
    );
    public static readonly DiagnosticDescriptor UndeclaredColumn = Rule(
        "TDSL1504",
        "Undeclared column",
        "'{0}' has {1} in every record, neither a field of the task nor listed under 'ignore'"
    );
    public static readonly DiagnosticDescriptor UnseenColumn = Rule(
        "TDSL1505",
        "Unseen column",
        "'{0}' is no column of the first records of '{1}'{2}",
        DiagnosticSeverity.Warning
    );
    public static readonly DiagnosticDescriptor UndeclaredLabel = Rule(
        "TDSL1506",
        "Undeclared label",
        "'{0}' has {1}, which the task does not declare, so that such a record does not fit it; "
            + "add what is missing under 'labels', or mend the file",
        DiagnosticSeverity.Warning
    );
    public static readonly DiagnosticDescriptor SwappedLanguages = Rule(
        "TDSL1507",
        "Swapped languages",
        "'{0}' is said to be '{1}' and nearly all of its text is {2}, '{3}' is said to be '{4}' and nearly all of its text is {5}; "
            + "the languages of the two seem to be swapped",
        DiagnosticSeverity.Warning
    );

    // 16xx: pipelines
    public static readonly DiagnosticDescriptor UnknownStep = Rule("TDSL1601", "Unknown step", "there is no step '{0}'{1}");
    public static readonly DiagnosticDescriptor WrongResult = Rule("TDSL1602", "Wrong result", "{0}");
    public static readonly DiagnosticDescriptor Cycle = Rule("TDSL1603", "Steps in a circle", "these steps wait for each other: {0}");
    public static readonly DiagnosticDescriptor BadExpectation = Rule("TDSL1604", "Bad expectation", "{0}");
    public static readonly DiagnosticDescriptor BadStep = Rule("TDSL1605", "Inconsistent step", "{0}");
    public static readonly DiagnosticDescriptor BadSweep = Rule("TDSL1606", "Bad sweep", "{0}");
    public static readonly DiagnosticDescriptor BadRounds = Rule("TDSL1607", "Bad rounds", "{0}");

    // 17xx: recipes
    public static readonly DiagnosticDescriptor BadRecipe = Rule("TDSL1701", "Inconsistent recipe", "{0}");

    private static DiagnosticDescriptor Rule(
        string id,
        string title,
        string message,
        DiagnosticSeverity severity = DiagnosticSeverity.Error
    ) =>
        new(
            id,
            title,
            message,
            "TaskDsl",
            severity,
            isEnabledByDefault: true,
            helpLinkUri: $"https://github.com/taskdsl/taskdsl/blob/main/docs/diagnostics.md#{id.ToLowerInvariant()}"
        );
}
