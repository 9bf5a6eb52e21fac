using TaskDsl.Generators.Scriban.Types;

namespace TaskDsl.Generators.Fields;

/// <summary><c>list&lt;…&gt;</c> of another type.</summary>
public sealed record ListField : FieldType
{
    private const int Deepest = 8;

    /// <summary>The type of an item.</summary>
    public FieldType Element { get; init; } = new TextField();

    /// <inheritdoc/>
    public override string Word => "list";

    /// <inheritdoc/>
    public override bool IsOneItem => false;

    /// <inheritdoc/>
    public override string Hint => "list<…>";

    /// <inheritdoc/>
    public override FieldType Innermost => Element.Innermost;

    /// <inheritdoc/>
    public override string? Format => Element.IsText ? "lines" : null;

    /// <inheritdoc/>
    protected override string Text => $"list<{Element.Written}>";

    /// <inheritdoc/>
    public override FieldType? Parse(FieldTypeParser parser, int start, int depth)
    {
        if (depth == Deepest)
            return parser.Fail(start, Word.Length, $"lists are nested at most {Deepest} deep");
        if (!parser.Take('<'))
            return parser.Fail("a list needs the type of its items, as list<text>");
        if (parser.Type(depth + 1) is not { } element)
            return null;
        if (parser.Sees('?'))
            return parser.Fail("an item cannot be absent; the '?' stands behind the whole type, as list<text>?");
        return parser.Take('>') ? this with { Element = element } : parser.Fail("a '>' is missing");
    }

    /// <inheritdoc/>
    public override string TypeName(FieldNames names, string wished, bool isItem) => Element.TypeName(names, wished, isItem: true);

    /// <inheritdoc/>
    public override string CSharp(FieldModel field) => $"global::TaskDsl.Tasks.ValueList<{Element.Property(field)}>";

    /// <inheritdoc/>
    public override string Read(FieldModel field, string reader)
    {
        var read = Element.Reader(field) ?? $"static (ref global::TaskDsl.Data.RecordReader item) => {Element.Read(field, "item")}";
        return $"{reader}.ReadList({read})";
    }

    /// <inheritdoc/>
    public override string Write(FieldModel field, string writer, string value)
    {
        var item = $"ref global::TaskDsl.Data.RecordWriter item, {Element.Property(field)} value";
        var write = Element.Writer(field) ?? $"static ({item}) => {Element.Write(field, "item", "value")}";
        return $"{writer}.WriteList({value}, {write})";
    }

    /// <inheritdoc/>
    public override string Grammar(FieldModel field, string? source) => Json($"List({Element.Value(field, source)})");

    /// <inheritdoc/>
    public override string Item(FieldModel field, string path, string value)
    {
        var item = $"static (items, field, value) => {Element.Item(field, "field", "value")}";
        return $"items.{(Element.IsOneItem ? "Add" : "AddEach")}({path}, {value}, {item})";
    }

    /// <inheritdoc/>
    public override TemplateType Template(FieldModel field, Func<FieldModel, LabelType> label) =>
        new ListType(Element.Template(field, label));
}
