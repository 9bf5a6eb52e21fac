using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using TaskDsl.Generators.Values;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>Reads the vocabulary out of a compilation: its references and its own types.</summary>
public sealed class VocabularyReader
{
    private static readonly TypeName Keyword = new("TaskDsl.Vocabulary", "KeywordAttribute");
    private static readonly TypeName Document = new("TaskDsl.Vocabulary", "DocumentAttribute");
    private static readonly TypeName AnyOf = new("TaskDsl.Vocabulary", "AnyOfAttribute");
    private static readonly TypeName OneOf = new("TaskDsl.Vocabulary", "OneOfAttribute");
    private static readonly TypeName AlsoCalled = new("TaskDsl.Vocabulary", "AlsoCalledAttribute");
    private static readonly TypeName Beside = new("TaskDsl.Vocabulary", "BesideAttribute");
    private static readonly TypeName Each = new("TaskDsl.Vocabulary", "EachAttribute");
    private static readonly TypeName Coordinate = new("TaskDsl.Torch.Pipelines.Running", "CoordinateAttribute");
    private static readonly TypeName Distinct = new("TaskDsl.Vocabulary", "DistinctAttribute");
    private static readonly TypeName FieldName = new("TaskDsl.Vocabulary", "FieldNameAttribute");
    private static readonly TypeName FilePath = new("TaskDsl.Vocabulary", "FilePathAttribute");
    private static readonly TypeName Inline = new("TaskDsl.Vocabulary", "InlineAttribute");
    private static readonly TypeName Makes = new("TaskDsl.Torch.Pipelines.Running", "MakesAttribute");
    private static readonly TypeName OfTasks = new("TaskDsl.Torch.Pipelines.Running", "OfTasksAttribute");
    private static readonly TypeName Result = new("TaskDsl.Torch.Pipelines.Running", "StepResultAttribute");
    private static readonly TypeName Shorthand = new("TaskDsl.Vocabulary", "ShorthandAttribute");
    private static readonly TypeName Sole = new("TaskDsl.Vocabulary", "SoleAttribute");
    private static readonly TypeName WordOf = new("TaskDsl.Vocabulary", "WordOfAttribute");
    private static readonly TypeName Writes = new("TaskDsl.Tasks", "WritesAttribute");
    private static readonly TypeName Measures = new("TaskDsl.Metrics.Counting", "MeasuresAttribute");
    private static readonly TypeName Stage = new("TaskDsl.Data", "Stage");
    private static readonly TypeName Syntax = new("System.Diagnostics.CodeAnalysis", "StringSyntaxAttribute");
    private static readonly TypeName DefaultValue = new("System.ComponentModel", "DefaultValueAttribute");
    private static readonly TypeName Range = new("System.ComponentModel.DataAnnotations", "RangeAttribute");
    private static readonly TypeName Length = new("System.ComponentModel.DataAnnotations", "LengthAttribute");
    private static readonly TypeName Pattern = new("System.ComponentModel.DataAnnotations", "RegularExpressionAttribute");
    private static readonly TypeName MemberWord = new("System.Text.Json.Serialization", "JsonStringEnumMemberNameAttribute");

    private readonly Dictionary<string, TypeModel> types = new(StringComparer.Ordinal);
    private readonly List<DocumentModel> documents = [];
    private readonly List<(INamedTypeSymbol Type, AttributeData Attribute, string Word)> keywords = [];
    private readonly Dictionary<ISymbol, string> names = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<ISymbol, string> definitions = new(SymbolEqualityComparer.Default);

    private readonly IReadOnlyDictionary<string, string> compiled;

    private VocabularyReader(IReadOnlyDictionary<string, string> compiled) => this.compiled = compiled;

    /// <summary>Reads the vocabulary.</summary>
    /// <param name="compilation">The user's compilation.</param>
    /// <param name="own">Metadata names of the compilation's own types that carry a vocabulary attribute.</param>
    /// <param name="compiled">The kinds of definitions that are compiled to a class, by that class.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static VocabularyModel Read(
        Compilation compilation,
        ImmutableArray<string> own,
        IReadOnlyDictionary<string, string> compiled,
        CancellationToken cancellationToken
    )
    {
        var reader = new VocabularyReader(compiled);
        var roots = new List<INamedTypeSymbol>();
        foreach (var assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (assembly.Name == "TaskDsl" || assembly.Modules.Any(m => m.ReferencedAssemblies.Any(r => r.Name == "TaskDsl")))
                Collect(assembly.GlobalNamespace, roots, cancellationToken);
        }

        roots.AddRange(own.Distinct().Select(compilation.Assembly.GetTypeByMetadataName).OfType<INamedTypeSymbol>());
        roots = [.. roots.OrderBy(reader.Name, StringComparer.Ordinal)];
        foreach (var type in roots)
            if (!type.IsAbstract && Keyword.On(type) is { } attribute && attribute.Text() is { } word)
                reader.keywords.Add((type, attribute, word));
        foreach (var type in roots)
        {
            if (Document.On(type).Text() is not { } kind)
                continue;
            reader.documents.Add(new DocumentModel(kind, reader.Name(type)));
            reader.AddRecord(type);
        }

        return new VocabularyModel(
            new(reader.documents.OrderBy(d => d.Kind, StringComparer.Ordinal)),
            new(reader.types.Values.OfType<RecordModel>().OrderBy(t => t.Name, StringComparer.Ordinal)),
            new(reader.types.Values.OfType<ChoiceModel>().OrderBy(t => t.Name, StringComparer.Ordinal)),
            new(reader.types.Values.OfType<EnumModel>().OrderBy(t => t.Name, StringComparer.Ordinal))
        );
    }

    private static void Collect(INamespaceOrTypeSymbol container, List<INamedTypeSymbol> roots, CancellationToken cancellationToken)
    {
        foreach (var member in container.GetMembers())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (member is INamespaceSymbol inner)
                Collect(inner, roots, cancellationToken);
            else if (member is INamedTypeSymbol { DeclaredAccessibility: Accessibility.Public } type)
            {
                if (Keyword.On(type) is not null || Document.On(type) is not null)
                    roots.Add(type);
                Collect(type, roots, cancellationToken);
            }
        }
    }

    private void AddRecord(INamedTypeSymbol type)
    {
        var name = Name(type);
        if (types.ContainsKey(name))
            return;
        var label = Keyword.On(type).Text() ?? Document.On(type).Text() ?? SnakeCase.Of(type.Name);
        types.Add(name, null!); // A record may hold itself.
        types[name] = new RecordModel(name, label, new(Properties(type).Select(Property)))
        {
            Writes = new(Writes.On(type).Texts()),
            Measures = new(Measures.On(type).Texts()),
            AnyOf =
                AnyOf.On(type)?.ConstructorArguments is [var otherwise, var any] && otherwise.Text() is { } clause
                    ? new AnyOfModel(new(any.Texts()), clause)
                    : null,
            OneOf = new(OneOf.On(type)?.ConstructorArguments is [var one] ? one.Texts() : []),
            Makes = ResultOf(Makes.On(type), "Columns"),
            Rewrites = Bases(type).Prepend(type).SelectMany(t => t.GetMembers("TryRewrite")).OfType<IMethodSymbol>().Any(OverridesStage),
        };
    }

    private void AddChoice(INamedTypeSymbol type)
    {
        var name = Name(type);
        if (types.ContainsKey(name))
            return;
        types.Add(name, null!);
        var words = new List<KeywordModel>();
        foreach (var (candidate, attribute, word) in keywords)
        {
            if (!Bases(candidate).Any(b => SymbolEqualityComparer.Default.Equals(b, type)))
                continue;
            var matches = attribute.NamedArguments.FirstOrDefault(a => a.Key == "Matches").Value.Text() ?? "";
            var isDefault = attribute.NamedArguments.Any(a => a is { Key: "IsDefault", Value.Value: true });
            words.Add(new KeywordModel(word, Name(candidate), matches, isDefault));
            AddRecord(candidate);
        }

        types[name] = new ChoiceModel(
            name,
            SnakeCase.Of(type.Name).Replace('_', ' '),
            new(words.OrderBy(w => w.Word, StringComparer.Ordinal))
        );
    }

    private void AddEnum(INamedTypeSymbol type)
    {
        var name = Name(type);
        if (types.ContainsKey(name))
            return;
        var members = type.GetMembers()
            .OfType<IFieldSymbol>()
            .Where(f => f.HasConstantValue)
            .Select(f => new EnumMemberModel(MemberWord.On(f).Text() ?? SnakeCase.Of(f.Name), f.Name));
        types.Add(name, new EnumModel(name, SnakeCase.Of(type.Name).Replace('_', ' '), new(members)));
    }

    // Base properties first: they are the more general.
    private static IEnumerable<IPropertySymbol> Properties(INamedTypeSymbol type) =>
        Bases(type)
            .Reverse()
            .Append(type)
            .SelectMany(t => t.GetMembers().OfType<IPropertySymbol>())
            .Where(p =>
                p
                    is {
                        IsStatic: false,
                        DeclaredAccessibility: Accessibility.Public,
                        SetMethod.DeclaredAccessibility: Accessibility.Public,
                        IsIndexer: false
                    }
            )
            .GroupBy(p => p.Name)
            .Select(g => g.Last());

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        for (var b = type.BaseType; b is { SpecialType: not SpecialType.System_Object }; b = b.BaseType)
            yield return b;
    }

    private PropertyModel Property(IPropertySymbol property)
    {
        var type = Type(property.Type);
        var path = FilePath.On(property);
        var fields = FieldName.On(property);
        var (least, most) = (Range.On(property) ?? Length.On(property))?.ConstructorArguments is [var from, var to]
            ? (from.Number(), to.Number())
            : (null, null);
        return new PropertyModel(
            SnakeCase.Of(property.Name),
            property.Name,
            type,
            property.IsRequired,
            Shorthand.On(property) is not null,
            least,
            most,
            Pattern.On(property).Text(),
            path is not null && !path.NamedArguments.Any(a => a is { Key: "MayBeAbsent", Value.Value: true }),
            type.Kind == TypeKind.Reference ? Sole.On(property).Text() : null,
            fields is null ? null : new EquatableArray<string>(fields.Texts())
        )
        {
            PatternWords = Pattern.On(property).Text("ErrorMessage"),
            Elsewhere = path.Text("Elsewhere") is { } elsewhere ? SnakeCase.Of(elsewhere) : null,
            WordOf =
                WordOf.On(property)?.ConstructorArguments is [{ Kind: TypedConstantKind.Type, Value: INamedTypeSymbol words }]
                && Type(words) is { Kind: TypeKind.Choice, Name: var choice }
                    ? choice
                    : null,
            Default = DefaultValue.On(property)?.ConstructorArguments is [var value] ? value.Text() ?? (object?)value.Number() : null,
            AlsoCalled = new(
                property
                    .GetAttributes()
                    .Where(a => a.AttributeClass is { } c && Bases(c).Prepend(c).Any(AlsoCalled.IsOf))
                    .SelectMany(a => a.Texts())
            ),
            Result = ResultOf(Result.On(property), "Also"),
            InlineNoun = Inline.On(property).Text(),
            IsEach = Each.On(property) is not null,
            IsPattern = Syntax.On(property).Text() == "Regex",
            IsDistinct = Distinct.On(property) is not null,
            IsOfTasks = OfTasks.On(property) is not null,
            Coordinate = Coordinate.On(property).Text(),
            Beside =
                Beside.On(property)?.ConstructorArguments is [var other, var meaning]
                && other.Text() is { } beside
                && meaning.Text() is { } clause
                    ? new BesideModel(beside, clause)
                    : null,
        };
    }

    private TypeRef Type(ITypeSymbol symbol)
    {
        if (symbol is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            return Type(nullable.TypeArguments[0]) with { IsNullable = true };
        var isNullable = symbol.NullableAnnotation == NullableAnnotation.Annotated;
        var name = Name(symbol);
        switch (symbol.SpecialType)
        {
            case SpecialType.System_Boolean:
                return new(TypeKind.Boolean, name);
            case SpecialType.System_Int32:
                return new(TypeKind.Integer, name);
            case SpecialType.System_Int64:
                return new(TypeKind.Long, name);
            case SpecialType.System_Double:
                return new(TypeKind.Double, name);
            case SpecialType.System_String:
                return new(TypeKind.String, name, null, isNullable);
        }

        if (symbol is not INamedTypeSymbol type)
            return new(TypeKind.Unsupported, name);
        var definition = Definition(type);
        if (compiled.TryGetValue(definition, out var kind))
            return new(TypeKind.Reference, name, null, isNullable) { Document = kind };
        switch (definition)
        {
            case "System.TimeSpan":
                return new(TypeKind.TimeSpan, name);
            case "System.Collections.Generic.IReadOnlyList<T>":
                return new(TypeKind.List, name, Type(type.TypeArguments[0]), isNullable);
            case "System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>"
                when type.TypeArguments[0].SpecialType == SpecialType.System_String:
                return new(TypeKind.Map, name, Type(type.TypeArguments[1]), isNullable);
            case "TaskDsl.Vocabulary.AnyValue":
                return new(TypeKind.Any, name, null, isNullable);
            case "TaskDsl.Tasks.Condition" or "TaskDsl.Tasks.TextExpression" or "TaskDsl.Prompts.TextTemplate":
                return new(TypeKind.Expression, name, null, isNullable);
        }

        if (Document.On(type).Text() is { } document)
            return new(TypeKind.Reference, name, null, isNullable) { Document = document };
        if (type.TypeKind == Microsoft.CodeAnalysis.TypeKind.Enum)
        {
            AddEnum(type);
            return new(TypeKind.Enum, name);
        }

        if (type is { IsRecord: true, IsAbstract: true })
        {
            AddChoice(type);
            return new(TypeKind.Choice, name, null, isNullable);
        }

        if (type is { IsRecord: true, TypeKind: Microsoft.CodeAnalysis.TypeKind.Class })
        {
            AddRecord(type);
            return new(TypeKind.Record, name, null, isNullable);
        }

        return new(TypeKind.Unsupported, name);
    }

    private static ResultModel? ResultOf(AttributeData? attribute, string also) =>
        attribute.Text() is { } kind
            ? new ResultModel(kind, Argument(attribute!, also).Text() ?? "")
            {
                Or = Argument(attribute!, "Or").Text() ?? "",
                Numbers = Argument(attribute!, "Numbers").Text() ?? "",
                Besides = new(attribute!.NamedArguments.Where(a => a.Key == "Besides").SelectMany(a => a.Value.Texts())),
                Keeps = Argument(attribute!, "Keeps").Text() ?? "",
                PassesOn = Argument(attribute!, "PassesOn").Value is true,
                OfAnyTask = Argument(attribute!, "OfAnyTask").Value is true,
                InputAlone = Argument(attribute!, "InputAlone").Value is true,
            }
            : null;

    private static TypedConstant Argument(AttributeData attribute, string name) =>
        attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value;

    private static bool OverridesStage(IMethodSymbol method) =>
        method.OverriddenMethod is { } overridden && (Stage.IsOf(overridden.ContainingType) || OverridesStage(overridden));

    // Each of these names is asked for many times, and is slow to make.
    private string Name(ITypeSymbol type) =>
        names.TryGetValue(type, out var name)
            ? name
            : names[type] = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated)
                .ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    private string Definition(INamedTypeSymbol type) =>
        definitions.TryGetValue(type.OriginalDefinition, out var name)
            ? name
            : definitions[type.OriginalDefinition] = type.OriginalDefinition.ToDisplayString();
}
