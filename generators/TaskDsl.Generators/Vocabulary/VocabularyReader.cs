using System.Collections.Immutable;
using System.Globalization;
using Microsoft.CodeAnalysis;
using TaskDsl.Generators.Values;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Vocabulary;

/// <summary>Reads the vocabulary out of a compilation: its references and its own types.</summary>
public sealed class VocabularyReader
{
    private const string KeywordAttribute = "TaskDsl.Vocabulary.KeywordAttribute";
    private const string DocumentAttribute = "TaskDsl.Vocabulary.DocumentAttribute";
    private const string AlsoCalledAttribute = "TaskDsl.Vocabulary.AlsoCalledAttribute";

    private static readonly SymbolDisplayFormat FullName = SymbolDisplayFormat.FullyQualifiedFormat;

    private readonly Dictionary<string, TypeModel> types = new(StringComparer.Ordinal);
    private readonly List<DocumentModel> documents = [];
    private readonly List<INamedTypeSymbol> keywords = [];

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
        roots.Sort((a, b) => string.CompareOrdinal(a.ToDisplayString(FullName), b.ToDisplayString(FullName)));
        reader.keywords.AddRange(roots.Where(type => Attribute(type, KeywordAttribute) is not null && !type.IsAbstract));
        foreach (var type in roots)
        {
            if (Attribute(type, DocumentAttribute) is not { } document)
                continue;
            reader.documents.Add(new DocumentModel(document.ConstructorArguments[0].Value as string ?? "", type.ToDisplayString(FullName)));
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
                if (Attribute(type, KeywordAttribute) is not null || Attribute(type, DocumentAttribute) is not null)
                    roots.Add(type);
                Collect(type, roots, cancellationToken);
            }
        }
    }

    private void AddRecord(INamedTypeSymbol type)
    {
        var name = type.ToDisplayString(FullName);
        if (types.ContainsKey(name))
            return;
        var label =
            Attribute(type, KeywordAttribute)?.ConstructorArguments[0].Value as string
            ?? Attribute(type, DocumentAttribute)?.ConstructorArguments[0].Value as string
            ?? SnakeCase.Of(type.Name);
        var anyOf = Attribute(type, "TaskDsl.Vocabulary.AnyOfAttribute")?.ConstructorArguments;
        types.Add(name, null!); // A record may hold itself.
        types[name] = new RecordModel(name, label, new(Properties(type).Select(Property)))
        {
            Writes = new(Texts(Attribute(type, "TaskDsl.Tasks.WritesAttribute"))),
            Measures = new(Texts(Attribute(type, "TaskDsl.Metrics.Counting.MeasuresAttribute"))),
            AnyOf = anyOf is { } any
                ? new AnyOfModel(new(any[1].Values.Select(value => (string)value.Value!)), (string)any[0].Value!)
                : null,
            Rewrites =
                Bases(type).Any(t => t.Name == "Stage")
                && Bases(type).Prepend(type).Any(t => t.GetMembers("TryRewrite").Any(member => member.IsOverride)),
        };
    }

    private void AddChoice(INamedTypeSymbol type)
    {
        var name = type.ToDisplayString(FullName);
        if (types.ContainsKey(name))
            return;
        types.Add(name, null!);
        var words = new List<KeywordModel>();
        foreach (var candidate in keywords)
        {
            if (!Bases(candidate).Any(b => SymbolEqualityComparer.Default.Equals(b, type)))
                continue;
            var attribute = Attribute(candidate, KeywordAttribute)!;
            var matches = attribute.NamedArguments.FirstOrDefault(a => a.Key == "Matches").Value.Value as string ?? "";
            words.Add(
                new KeywordModel(
                    attribute.ConstructorArguments[0].Value as string ?? "",
                    candidate.ToDisplayString(FullName),
                    matches,
                    attribute.NamedArguments.Any(a => a is { Key: "IsDefault", Value.Value: true })
                )
            );
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
        var name = type.ToDisplayString(FullName);
        if (types.ContainsKey(name))
            return;
        var members = type.GetMembers()
            .OfType<IFieldSymbol>()
            .Where(f => f.HasConstantValue)
            .Select(f => new EnumMemberModel(
                Attribute(f, "System.Text.Json.Serialization.JsonStringEnumMemberNameAttribute")?.ConstructorArguments[0].Value as string
                    ?? SnakeCase.Of(f.Name),
                f.Name
            ));
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
        var range = Attribute(property, "System.ComponentModel.DataAnnotations.RangeAttribute");
        var length = Attribute(property, "System.ComponentModel.DataAnnotations.LengthAttribute");
        var path = Attribute(property, "TaskDsl.Vocabulary.FilePathAttribute");
        var fields = Attribute(property, "TaskDsl.Vocabulary.FieldNameAttribute");
        var beside = Attribute(property, "TaskDsl.Vocabulary.BesideAttribute")?.ConstructorArguments;
        var otherwise = Attribute(property, "System.ComponentModel.DefaultValueAttribute");
        var limits = (range ?? length)?.ConstructorArguments;
        return new PropertyModel(
            SnakeCase.Of(property.Name),
            property.Name,
            Type(property.Type),
            property.IsRequired,
            Attribute(property, "TaskDsl.Vocabulary.ShorthandAttribute") is not null,
            limits is { } least ? Number(least[0]) : null,
            limits is { } most ? Number(most[1]) : null,
            Attribute(property, "System.ComponentModel.DataAnnotations.RegularExpressionAttribute")?.ConstructorArguments[0].Value
                as string,
            path is not null && path.NamedArguments.FirstOrDefault(a => a.Key == "MayBeAbsent").Value.Value is not true,
            Attribute(property, "TaskDsl.Vocabulary.SoleAttribute")?.ConstructorArguments[0].Value as string,
            fields is null ? null : new EquatableArray<string>(Texts(fields))
        )
        {
            WordOf = Attribute(property, "TaskDsl.Vocabulary.WordOfAttribute")?.ConstructorArguments[0].Value is INamedTypeSymbol words
                ? Type(words).Name
                : null,
            Default = otherwise?.ConstructorArguments[0] is { } value ? value.Value as string ?? (object?)Number(value) : null,
            AlsoCalled = new(
                property
                    .GetAttributes()
                    .Where(a => a.AttributeClass is { } type && Bases(type).Prepend(type).Any(IsAlsoCalled))
                    .SelectMany(a =>
                        a.ConstructorArguments[0].Kind == TypedConstantKind.Array ? Texts(a) : [(string)a.ConstructorArguments[0].Value!]
                    )
            ),
            Beside = beside is { } two ? new BesideModel((string)two[0].Value!, (string)two[1].Value!) : null,
        };
    }

    private TypeRef Type(ITypeSymbol symbol)
    {
        if (symbol is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            return Type(nullable.TypeArguments[0]) with { IsNullable = true };
        var isNullable = symbol.NullableAnnotation == NullableAnnotation.Annotated;
        var name = symbol.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(FullName);
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
        var definition = type.OriginalDefinition.ToDisplayString();
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
            case "TaskDsl.Tasks.Condition" or "TaskDsl.Tasks.TextExpression" or "TaskDsl.Prompts.TextTemplate":
                return new(TypeKind.Expression, name, null, isNullable);
        }

        if (Attribute(type, DocumentAttribute) is { } document)
            return new(TypeKind.Reference, name, null, isNullable) { Document = document.ConstructorArguments[0].Value as string ?? "" };
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

    private static bool IsAlsoCalled(INamedTypeSymbol attribute) => attribute.ToDisplayString() == AlsoCalledAttribute;

    private static AttributeData? Attribute(ISymbol symbol, string name) =>
        symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == name);

    private static IEnumerable<string> Texts(AttributeData? attribute) =>
        attribute?.ConstructorArguments[0].Values.Select(v => (string)v.Value!) ?? [];

    private static double? Number(TypedConstant constant) =>
        constant.Value is IConvertible value and not string ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;
}
