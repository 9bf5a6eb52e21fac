namespace TaskDsl.Generators.Vocabulary;

/// <summary>The kinds of types that YAML binds to.</summary>
public enum TypeKind
{
    Boolean,
    Integer,
    Long,
    Double,
    String,
    TimeSpan,
    Enum,
    Record,
    Choice,
    List,
    Map,

    /// <summary>Another definition, by its name.</summary>
    Reference,

    /// <summary>An expression over a task's fields, which is compiled.</summary>
    Expression,

    /// <summary>Anything: its type is known where it is used.</summary>
    Any,

    /// <summary>A type that YAML cannot give a value to.</summary>
    Unsupported,
}
