using CsCheck;

namespace TaskDsl.Prompts.Tests.Templates;

/// <summary>Generates templates that are well typed over <see cref="Sample"/>.</summary>
public static class RandomTemplates
{
    /// <summary>A whole template.</summary>
    public static Gen<string> Template => Body(2, []).Array[1, 5].Select(string.Concat);

    /// <summary>A condition.</summary>
    public static Gen<string> Condition => Truth(2, []);

    private static Gen<string> Raw => Gen.OneOf("a", " b ", "\n", "\n  ", "  ", "中", "x\n", "{ }", "\t", "\"q\"");

    private static Gen<string> Open => Gen.Frequency((6, Gen.Const("{{ ")), (1, Gen.Const("{{- ")), (1, Gen.Const("{{~ ")));

    private static Gen<string> Close => Gen.Frequency((6, Gen.Const(" }}")), (1, Gen.Const(" -}}")), (1, Gen.Const(" ~}}")));

    private static Gen<string> Tag(Gen<string> code) => Gen.Select(Open, code, Close).Select((o, c, e) => o + c + e);

    private static Gen<string> Body(int depth, string[] items)
    {
        var printed = Tag(Gen.OneOf(Text(2, items), Number(2, items), Truth(2, items), List(items)));
        if (depth == 0)
            return Gen.OneOf(Raw, printed);
        var inner = Body(depth - 1, items).Array[0, 3].Select(string.Concat);
        var variable = $"item{items.Length}";
        return Gen.Frequency(
            (4, Raw),
            (4, printed),
            (
                2,
                Gen.Select(
                        Tag(Truth(2, items).Select(c => $"if {c}")),
                        inner,
                        Gen.OneOf(
                            Gen.Const(""),
                            Gen.Select(Tag(Gen.Const("else")), inner).Select((e, b) => e + b),
                            Gen.Select(Tag(Truth(1, items).Select(c => $"else if {c}")), inner).Select((e, b) => e + b)
                        ),
                        Tag(Gen.Const("end"))
                    )
                    .Select((i, b, e, end) => i + b + e + end)
            ),
            (
                2,
                Gen.Select(
                        Tag(
                            Gen.Select(List(items), Gen.OneOf("", "", " offset:1", " limit:2", " reversed"))
                                .Select((l, o) => $"for {variable} in {l}{o}")
                        ),
                        Body(depth - 1, [.. items, variable]).Array[0, 3].Select(string.Concat),
                        Tag(Gen.Const("end"))
                    )
                    .Select((f, b, end) => f + b + end)
            )
        );
    }

    private static Gen<string> Text(int depth, string[] items)
    {
        var leaf = Gen.OneOf([
            "text",
            "note",
            "color",
            "tint",
            "'lit'",
            "\"d\\nq\"",
            "person.name",
            "person.note",
            "friend?.name",
            "language",
            "labels[0]",
            "items[1]",
            "(items | array.first)",
            "(colors | array.last)",
            .. items,
        ]);
        if (depth == 0)
            return leaf;
        var inner = Text(depth - 1, items);
        return Gen.OneOf(
            leaf,
            Gen.Select(
                    inner,
                    Gen.OneOf(
                        "strip",
                        "lstrip",
                        "rstrip",
                        "upcase",
                        "downcase",
                        "capitalize",
                        "capitalizewords",
                        "strip_newlines",
                        "truncate 5",
                        "truncatewords 2",
                        "slice 1",
                        "slice 1 3",
                        "slice (-2)",
                        "pad_left 6",
                        "remove 'l'",
                        "replace 'l' 'LL'",
                        "append 'z'",
                        "prepend note"
                    )
                )
                .Select((t, f) => $"({t} | string.{f})"),
            Gen.Select(inner, inner).Select((a, b) => $"({a} ?? {b})"),
            Gen.Select(inner, inner).Select((a, b) => $"({a} + {b})"),
            Gen.Select(inner, inner).Select((a, b) => $"({a} | object.default {b})"),
            Gen.Select(Truth(depth - 1, items), inner, inner).Select((c, a, b) => $"({c} ? {a} : {b})"),
            Gen.Select(List(items), Gen.OneOf("', '", "''", "'\\n'")).Select((l, s) => $"({l} | array.join {s})")
        );
    }

    private static Gen<string> Number(int depth, string[] items)
    {
        var leaf = Gen.OneOf([
            "count",
            "maybe",
            "score",
            "ratio",
            "person.age",
            "friend?.age",
            "3",
            "2.5",
            "0.1",
            "(numbers | array.first)",
            "(items | array.size)",
            .. items.Length > 0 ? new[] { "for.index", "for.length", "for.rindex" } : [],
        ]);
        if (depth == 0)
            return leaf;
        var inner = Number(depth - 1, items);
        return Gen.OneOf(
            leaf,
            Gen.Select(inner, Gen.OneOf("+", "-", "*", "/"), inner).Select((a, op, b) => $"({a} {op} {b})"),
            Text(depth - 1, items).Select(t => $"({t} | string.size)"),
            Gen.Select(inner, Gen.OneOf("floor", "ceil", "round", "round 1")).Select((n, f) => $"({n} | math.{f})")
        );
    }

    private static Gen<string> Truth(int depth, string[] items)
    {
        var leaf = Gen.OneOf([
            "flag",
            "perhaps",
            "note",
            "text",
            "maybe",
            "friend",
            "extras",
            "true",
            .. items.Length > 0 ? new[] { "for.first", "for.last", "for.even" } : [],
        ]);
        if (depth == 0)
            return leaf;
        var inner = Truth(depth - 1, items);
        return Gen.OneOf(
            leaf,
            Gen.Select(inner, Gen.OneOf("&&", "||"), inner).Select((a, op, b) => $"({a} {op} {b})"),
            inner.Select(t => $"(!{t})"),
            Gen.Select(Text(depth - 1, items), Gen.OneOf("==", "!=", "<", ">="), Text(depth - 1, items))
                .Select((a, op, b) => $"({a} {op} {b})"),
            Gen.Select(Number(depth - 1, items), Gen.OneOf("==", "!=", "<", "<=", ">", ">="), Number(depth - 1, items))
                .Select((a, op, b) => $"({a} {op} {b})"),
            Gen.Select(Gen.OneOf("note", "maybe", "perhaps", "friend", "text"), Gen.OneOf("==", "!="))
                .Select((a, op) => $"({a} {op} null)"),
            Gen.Select(Text(depth - 1, items), Gen.OneOf("contains 'e'", "starts_with 'H'", "ends_with ' '", "empty", "whitespace"))
                .Select((t, f) => $"({t} | string.{f})")
        );
    }

    private static Gen<string> List(string[] items) =>
        items.Length > 1
            ? Gen.OneOf("items", "labels")
            : Gen.OneOf(
                "items",
                "extras",
                "colors",
                "labels",
                "person.tags",
                "(items | array.limit 2)",
                "(items | array.offset 1)",
                "(items | array.reverse)",
                "(text | string.split ' ')",
                "(extras | array.limit 1)"
            );
}
