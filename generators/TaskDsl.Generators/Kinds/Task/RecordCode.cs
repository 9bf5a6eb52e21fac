using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Fields;
using TaskDsl.Generators.Values;

namespace TaskDsl.Generators.Kinds.Task;

/// <summary>Writes the members that read and write a task's records.</summary>
internal static class RecordCode
{
    private const string Reader = "global::TaskDsl.Data.RecordReader";
    private const string Writer = "global::TaskDsl.Data.RecordWriter";
    private const string Buffer = "global::System.Buffers.IBufferWriter<byte>";

    /// <summary>Writes them.</summary>
    public static void Emit(CodeWriter writer, TaskModel model)
    {
        var all = model.Input.Concat(model.Output).ToList();
        var records = model.Generated.Where(f => f.Fields.Count > 0).ToList();
        writer.Line();
        Fields(writer, "ExampleRecord", all.Select(Marked));
        Fields(writer, "InputRecord", model.Input.Select(Marked).Concat(model.Output.Select(f => f.Name + "!")));
        if (model.Format.IsJson)
            Fields(writer, "OutputRecord", model.Output.Select(Marked));
        foreach (var record in records)
            Fields(writer, record.TypeName + "Record", record.Fields.Select(Marked));

        writer.Line();
        using (writer.Block($"public override Example ReadExample(ref {Reader} reader, string language)"))
        {
            var locals = Read(writer, "ExampleRecord", all);
            foreach (var field in all.Where(f => f.Of is not null))
                writer.Line($"{field.Type.CheckCopied(field, locals[field.Name], locals[field.Of!])};");
            writer.Line($"return new Example(new Input({Join(model.Input)}), new Output({Join(model.Output)})) {{ Language = language }};");

            string Join(EquatableArray<FieldModel> fields) => string.Join(", ", fields.Select(f => locals[f.Name]));
        }

        writer.Line();
        using (writer.Block($"public override object ReadInput(ref {Reader} reader)"))
        {
            var locals = Read(writer, "InputRecord", model.Input);
            foreach (var options in model.Output.Where(f => f.Type.IsChosen).Select(f => f.Of!).Distinct())
                writer.Line($"global::TaskDsl.Codecs.LetteredOptions.Check({CodeWriter.Literal(options)}, {locals[options]});");
            writer.Line($"return new Input({string.Join(", ", model.Input.Select(f => locals[f.Name]))});");
        }

        writer.Line();
        using (writer.Block($"public override void WriteInput({Buffer} utf8, object input)"))
        {
            writer.Line($"var writer = new {Writer}(utf8);");
            writer.Line("writer.Begin();");
            writer.Line("WriteFields(ref writer, (Input)input);");
            writer.Line("writer.End();");
        }

        writer.Line();
        using (writer.Block($"public override void WriteExample({Buffer} utf8, object input, object output)"))
        {
            writer.Line($"var writer = new {Writer}(utf8);");
            writer.Line("writer.Begin();");
            writer.Line("WriteFields(ref writer, (Input)input);");
            writer.Line("WriteFields(ref writer, (Output)output);");
            writer.Line("writer.End();");
        }

        WriteFields(writer, "Input", model.Input);
        WriteFields(writer, "Output", model.Output);
        foreach (var record in records)
            Record(writer, record);
    }

    /// <summary>A static method that reads the object of a record type.</summary>
    public static void ReadMethod(CodeWriter writer, string typeName, EquatableArray<FieldModel> fields)
    {
        writer.Line();
        using (writer.Block($"private static {typeName} Read{typeName}(ref {Reader} reader)"))
        {
            var locals = Read(writer, typeName + "Record", fields);
            writer.Line($"return new {typeName}({string.Join(", ", fields.Select(f => locals[f.Name]))});");
        }
    }

    private static void Record(CodeWriter writer, FieldModel record)
    {
        ReadMethod(writer, record.TypeName, record.Fields);
        writer.Line();
        using (writer.Block($"private static void Write{record.TypeName}(ref {Writer} writer, {record.TypeName}? value)"))
        {
            using (writer.Block("if (value is null)"))
            {
                writer.Line("writer.WriteNull();");
                writer.Line("return;");
            }

            writer.Line();
            writer.Line("writer.Begin();");
            writer.Line("WriteFields(ref writer, value);");
            writer.Line("writer.End();");
        }

        WriteFields(writer, record.TypeName, record.Fields);
    }

    private static void Fields(CodeWriter writer, string name, IEnumerable<string> fields) =>
        writer.Line(
            $"private static readonly global::TaskDsl.Data.RecordFields {name} = "
                + $"new({string.Join(", ", fields.Select(CodeWriter.Literal))});"
        );

    private static string Marked(FieldModel field) => field.Type.IsOptional ? field.Name + "?" : field.Name;

    /// <summary>Reads an object into local variables: their names by field.</summary>
    private static Dictionary<string, string> Read(CodeWriter writer, string record, IReadOnlyList<FieldModel> fields)
    {
        var taken = new HashSet<string> { "reader", "language", "fields" };
        var locals = fields.ToDictionary(f => f.Name, f => FieldNames.Local(f.Property, taken));
        foreach (var field in fields)
            writer.Line($"{field.CSharp} {locals[field.Name]} = {field.Type.Absent};");
        writer.Line($"var fields = reader.Begin({record});");
        using (writer.Block("while (reader.Next(ref fields))"))
        using (fields.Count == 0 ? null : writer.Block("switch (fields.Name)"))
        {
            foreach (var field in fields)
            {
                using (writer.Indented($"case {CodeWriter.Literal(field.Name)}:", ""))
                {
                    var value = field.Type.Read(field, "reader");
                    writer.Line($"{locals[field.Name]} = {(field.Type.IsOptional ? $"reader.IsNull ? null : {value}" : value)};");
                    writer.Line("break;");
                }
            }
        }

        writer.Line();
        return locals;
    }

    private static void WriteFields(CodeWriter writer, string typeName, EquatableArray<FieldModel> fields)
    {
        writer.Line();
        using (writer.Block($"private static void WriteFields(ref {Writer} writer, {typeName} value)"))
        {
            foreach (var field in fields)
            {
                writer.Line($"writer.Name({CodeWriter.Literal(field.Name)}u8);");
                writer.Line($"{field.Type.Write(field, "writer", $"value.{field.Property}")};");
            }
        }
    }
}
