namespace TaskDsl.Generators.Fields;

/// <summary>The kinds of field types.</summary>
public enum FieldKind
{
    Text,
    String,
    Int,
    Float,
    Bool,
    Label,
    Labels,
    Entities,
    Record,
    List,
}
