using System.Collections;
using System.Globalization;
using Scriban.Syntax;
using TaskDsl.Generators.Diagnostics;
using TaskDsl.Generators.Emission;
using TaskDsl.Generators.Scriban.Terms;
using TaskDsl.Generators.Scriban.Types;
using TaskDsl.Vocabulary;

namespace TaskDsl.Generators.Scriban;

/// <summary>Types a template's expressions and writes them in C#.</summary>
public sealed class ExpressionCompiler(TemplateScope scope)
{
    private readonly ConstantFolder folder = new(scope);

    /// <exception cref="TemplateException">The expression cannot be compiled.</exception>
    public Term Compile(ScriptExpression? expression)
    {
        if (expression is null)
            throw new TemplateException(Rules.BrokenTemplate, null, "an expression is missing");
        if (folder.IsConstant(expression))
            return Constant(folder.Evaluate(expression), expression);
        return expression switch
        {
            ScriptNestedExpression nested => Compile(nested.Expression),
            ScriptVariable variable => Variable(variable),
            ScriptMemberExpression member => Member(member),
            ScriptIndexerExpression indexer => Index(indexer),
            ScriptPipeCall pipe => Piped(Compile(pipe.From), pipe.To, pipe),
            ScriptFunctionCall call => Call(call, null),
            ScriptBinaryExpression binary => Operators.Binary(binary, Compile(binary.Left), Compile(binary.Right)),
            ScriptUnaryExpression unary => Operators.Unary(unary, Compile(unary.Right)),
            ScriptConditionalExpression conditional => Operators.Conditional(
                conditional,
                Compile(conditional.Condition),
                Compile(conditional.ThenValue),
                Compile(conditional.ElseValue)
            ),
            _ => throw new TemplateException(Rules.UnsupportedTemplate, expression, $"'{Shorten(expression)}' is not supported here"),
        };
    }

    /// <summary>The C# of a value that is known when the template is compiled.</summary>
    public static Term Constant(object? value, ScriptNode node) =>
        value switch
        {
            null => new NullTerm(),
            string text => new TextTerm(CodeWriter.Literal(text)) { Constant = text },
            char character => Constant(character.ToString(), node),
            bool truth => new BoolTerm(truth ? "true" : "false") { Constant = truth },
            int number => Constant((long)number, node),
            long number => new NumberTerm($"{number.ToString(CultureInfo.InvariantCulture)}L", true) { Constant = number },
            double number when !double.IsNaN(number) && !double.IsInfinity(number) => new NumberTerm(CodeWriter.Literal(number), false)
            {
                Constant = number,
            },
            IEnumerable items => ConstantList([.. items.Cast<object?>()], node),
            _ => throw new TemplateException(
                Rules.UnsupportedTemplate,
                node,
                $"a value of the type {value.GetType().Name} is not supported here"
            ),
        };

    private static ListTerm ConstantList(List<object?> items, ScriptNode node)
    {
        var terms = items.ConvertAll(item => Constant(item, node));
        if (terms.TrueForAll(t => t is TextTerm))
            return List("string", TemplateType.Text);
        if (terms.TrueForAll(t => t is NumberTerm { IsWhole: true }))
            return List("long", TemplateType.Whole);
        throw new TemplateException(
            Rules.UnsupportedTemplate,
            node,
            "a list whose items are not all texts or all whole numbers is not supported here"
        );

        ListTerm List(string type, TemplateType item)
        {
            var items = terms.Select(t => t is TextTerm text ? text.Code : ((NumberTerm)t).Code);
            return new($"((global::System.ReadOnlySpan<{type}>)[{string.Join(", ", items)}])", item);
        }
    }

    private Term Variable(ScriptVariable variable)
    {
        if (variable is not ScriptVariableGlobal)
            throw new TemplateException(
                Rules.UnsupportedTemplate,
                variable,
                $"'{variable}': variables with $ are not supported here; leave the $ out"
            );
        if (scope[variable.Name] is { } term)
            return Checked(term);
        throw Unknown(variable, variable.Name);
    }

    private Term Member(ScriptMemberExpression member)
    {
        var name = member.Member!.Name;
        if (IsLoop(member.Target))
            return LoopMember(member, name);
        if (FunctionName(member) is { } function)
            return Function(function, member, [], member);
        switch (Compile(member.Target))
        {
            case RecordTerm record:
                if (record.Type.Fields.FirstOrDefault(f => f.Name == name) is not { } field)
                    throw new TemplateException(
                        Rules.UnknownVariable,
                        member.Member,
                        name,
                        NearestWord.Choice(name, record.Type.Fields.Select(f => f.Name))
                    );
                return Term.Of(
                    field.Type,
                    $"{record.Code}{(record.NullTest is null ? "" : "?")}.{field.Property}",
                    field.IsNullable || record.NullTest is not null
                );
            case TextTerm text when name == "size":
                return Function("string.size", member, [text], member);
            case ListTerm list when name == "size":
                return Function("array.size", member, [list], member);
            case var other:
                throw new TemplateException(
                    Rules.UnknownVariable,
                    member.Member,
                    name,
                    $"; '{Shorten(member.Target)}' is {other.Description}, which has no such member"
                );
        }
    }

    private Term LoopMember(ScriptMemberExpression member, string name)
    {
        if (scope.Loops.Count == 0)
            throw new TemplateException(Rules.UnknownVariable, member, $"for.{name}", "; it exists only inside of a 'for'");
        var (items, index) = scope.Loops.Peek();
        return name switch
        {
            "index" => Number($"(long){index}"),
            "rindex" => Number($"(long)({items}.Length - 1 - {index})"),
            "length" => Number($"(long){items}.Length"),
            "first" => new BoolTerm($"({index} == 0)"),
            "last" => new BoolTerm($"({index} == {items}.Length - 1)"),
            "even" => new BoolTerm($"({index} % 2 == 0)"),
            "odd" => new BoolTerm($"({index} % 2 != 0)"),
            _ => throw new TemplateException(
                Rules.UnknownVariable,
                member.Member,
                $"for.{name}",
                NearestWord.Choice(name, ["index", "rindex", "length", "first", "last", "even", "odd"])
            ),
        };

        static NumberTerm Number(string code) => new($"({code})", IsWhole: true);
    }

    private Term Index(ScriptIndexerExpression indexer)
    {
        if (Compile(indexer.Target) is not ListTerm list)
            throw new TemplateException(Rules.UnsupportedTemplate, indexer, "only lists can be indexed here");
        if (Compile(indexer.Index) is not NumberTerm { IsWhole: true, NullTest: null } index)
            throw new TemplateException(Rules.UnsupportedTemplate, indexer.Index, "an index must be a whole number");
        return FunctionCall.ItemAt(list, index.Constant is long known ? $"{known}" : $"checked((int){index.Code})")
            ?? throw new TemplateException(Rules.UnsupportedTemplate, indexer, "a list with nulls cannot be indexed here");
    }

    private Term Piped(Term from, ScriptExpression? to, ScriptNode node) =>
        to switch
        {
            ScriptPipeCall pipe => Piped(Piped(from, pipe.From, pipe), pipe.To, pipe),
            ScriptFunctionCall call => Call(call, from),
            // 'text | string.size > 3': the pipe goes to the first function, the operator takes its result.
            ScriptBinaryExpression binary => Operators.Binary(binary, Piped(from, binary.Left, binary), Compile(binary.Right)),
            ScriptConditionalExpression conditional => Operators.Conditional(
                conditional,
                Piped(from, conditional.Condition, conditional),
                Compile(conditional.ThenValue),
                Compile(conditional.ElseValue)
            ),
            ScriptMemberExpression member when FunctionName(member) is { } function => Function(function, member, [from], node),
            _ => throw new TemplateException(Rules.UnsupportedTemplate, to ?? node, NoFunction(to)),
        };

    private static string NoFunction(ScriptNode? node) =>
        $"'{Shorten(node)}' is not a function that can be called here"
        + (node is ScriptVariableGlobal { Name: var name } ? FunctionTable.Choice(name) : "");

    private Term Call(ScriptFunctionCall call, Term? piped)
    {
        if (call.Target is not ScriptMemberExpression member || FunctionName(member) is not { } function)
            throw new TemplateException(Rules.UnsupportedTemplate, call.Target, NoFunction(call.Target));
        var arguments = new List<Term>();
        if (piped is not null)
            arguments.Add(piped);
        foreach (var argument in call.Arguments)
        {
            if (argument is ScriptNamedArgument)
                throw new TemplateException(
                    Rules.UnsupportedTemplate,
                    argument,
                    "named arguments are not supported here; give the values in their order"
                );
            arguments.Add(Compile(argument));
        }

        return Function(function, member, arguments, call);
    }

    private static Term Function(string name, ScriptNode node, List<Term> arguments, ScriptNode call)
    {
        if (FunctionTable.Find(name) is not { } function)
        {
            if (ConstantFolder.IsBuiltin(name))
                throw new TemplateException(
                    Rules.UnsupportedTemplate,
                    node,
                    $"'{name}' is not supported here{FunctionTable.Instead(name)}"
                );
            throw new TemplateException(Rules.UnknownVariable, node, name, FunctionTable.Choice(name));
        }

        if (arguments.Count < function.Least || arguments.Count > function.Most)
        {
            var expected = function.Least == function.Most ? $"{function.Least}" : $"{function.Least} to {function.Most}";
            throw new TemplateException(
                Rules.BrokenTemplate,
                call,
                $"'{name}' takes {expected} values, the piped one included, and not {arguments.Count}"
            );
        }

        return function.Write(new FunctionCall(name, node, arguments));
    }

    /// <summary><c>string.upcase</c>, unless the first part is a variable of the template.</summary>
    private string? FunctionName(ScriptMemberExpression member) =>
        member.Target is ScriptVariable { } space && !scope.Has(space.Name) && ConstantFolder.IsNamespace(space.Name)
            ? $"{space.Name}.{member.Member!.Name}"
            : null;

    private static bool IsLoop(ScriptExpression? target) => target is ScriptVariable { Name: "for" };

    private TemplateException Unknown(ScriptNode node, string name)
    {
        var labels = scope.Names.Where(n => n.StartsWith("labels_", StringComparison.Ordinal)).ToList();
        if (name == "labels" && labels.Count > 0)
            return new TemplateException(
                Rules.UnknownVariable,
                node,
                name,
                $": several fields have labels; use {string.Join(" or ", labels)}"
            );
        if (name == "output")
            return new TemplateException(Rules.UnknownVariable, node, name, ": it stands only at the very end of 'assistant'");
        return new TemplateException(Rules.UnknownVariable, node, name, NearestWord.Choice(name, scope.Names));
    }

    private static Term Checked(Term term) => term is BrokenTerm ? throw new TemplateException(null, null) : term;

    private static string Shorten(ScriptNode? node) =>
        node?.ToString() is { } text
            ? text.Length > 40
                ? text.Substring(0, 37) + "…"
                : text
            : "";
}
