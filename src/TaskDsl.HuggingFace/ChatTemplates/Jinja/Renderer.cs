using System.Runtime.CompilerServices;

namespace TaskDsl.HuggingFace.ChatTemplates.Jinja;

/// <summary>Carries out a template's statements. One object renders once.</summary>
internal sealed partial class Renderer(Budget budget)
{
    private TextBuilder output = new();

    public Text Render(IReadOnlyList<Statement> template, Scope variables)
    {
        Execute(template, variables);
        return output.ToText();
    }

    private Flow Execute(IReadOnlyList<Statement> body, Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (var statement in body)
        {
            Step(statement.At);
            var flow = Execute(statement, scope);
            if (flow != Flow.Next)
                return flow;
        }

        return Flow.Next;
    }

    private Flow Execute(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case Literal literal:
                Write(literal.Text);
                break;
            case Print print:
                Write(PythonText.Print(Evaluate(print.Value, scope), print.At, budget));
                break;
            case If branching:
                foreach (var (condition, body) in branching.Branches)
                    if (condition is null || Operators.IsTrue(Evaluate(condition, scope)))
                        return Execute(body, scope);
                break;
            case For loop:
                return Execute(loop, scope);
            case Jump jump:
                return jump.Flow;
            case Set set:
                Assign(set.Target, Evaluate(set.Value, scope), scope);
                break;
            case SetBlock block:
                object? text = Capture(block.Body, new Scope(scope));
                Assign(block.Target, block.Filter is { } filter ? Apply(filter, text, scope) : text, scope);
                break;
            case MacroOf macro:
                scope.Set(macro.Id, Macro(macro, scope));
                break;
            case CallBlock block:
                var arguments = Arguments(block.Call.Arguments, block.Call, "the macro", scope);
                Write(
                    PythonText.Print(
                        Invoke(
                            Evaluate(block.Call.Callee, scope),
                            arguments with
                            {
                                Named = [.. arguments.Named, ("caller", Macro(block.Caller, scope))],
                            }
                        ),
                        block.At,
                        budget
                    )
                );
                break;
            case FilterBlock block:
                Write(PythonText.Print(Apply(block.Filter, Capture(block.Body, new Scope(scope)), scope), block.At, budget));
                break;
            case With with:
                var inner = new Scope(scope);
                foreach (var (target, value) in with.Variables)
                    Assign(target, Evaluate(value, scope), inner);
                return Execute(with.Body, inner);
        }

        return Flow.Next;
    }

    private Flow Execute(For loop, Scope scope)
    {
        var source = Evaluate(loop.In, scope);
        var items = Operators.Items(source) ?? throw new JinjaException(loop.At, $"a loop cannot go through {Operators.Kind(source)}.");
        if (loop.Where is { } where)
        {
            items = items.FindAll(item =>
            {
                var inner = new Scope(scope);
                Assign(loop.Each, item, inner);
                return Operators.IsTrue(Evaluate(where, inner));
            });
        }

        if (items.Count == 0)
            return Execute(loop.Otherwise, new Scope(scope));
        var state = new Loop(items, budget);
        for (; state.Index < items.Count; state.Index++)
        {
            var inner = new Scope(scope);
            Assign(loop.Each, items[state.Index], inner);
            inner.Set("loop", state);
            if (Execute(loop.Body, inner) == Flow.Break)
                break;
        }

        return Flow.Next;
    }

    private void Assign(Target target, object? value, Scope scope)
    {
        Step(target.At);
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Id, value);
                break;
            case AttributeTarget attribute:
                if (scope.Get(attribute.Id) is not Namespace space)
                    throw new JinjaException(
                        target.At,
                        $"'{attribute.Id}' is no namespace, so '{attribute.Id}.{attribute.Attribute}' cannot be assigned."
                    );
                space.Attributes[new Text(attribute.Attribute)] = value;
                break;
            case TupleTarget tuple:
                var items = Operators.Items(value)
                    ?? throw new JinjaException(target.At, $"{Operators.Kind(value)} cannot be taken apart.");
                if (items.Count != tuple.Items.Count)
                    throw new JinjaException(target.At, $"{items.Count} item(s) cannot be assigned to {tuple.Items.Count} variables.");
                for (var i = 0; i < items.Count; i++)
                    Assign(tuple.Items[i], items[i], scope);
                break;
        }
    }

    private Function Macro(MacroOf macro, Scope defined) => new(macro.Id, arguments =>
        {
            var (inner, extra) = (new Scope(defined), new Dict());
            for (var i = 0; i < macro.Parameters.Count; i++)
            {
                var (id, otherwise) = (macro.Parameters[i].Id, macro.Parameters[i].Default);
                var named = arguments.Named.LastOrDefault(n => n.Id == id);
                inner.Set(
                    id,
                    i < arguments.All.Count ? arguments.All[i]
                        : named.Id is not null ? named.Value
                        : otherwise is not null ? Evaluate(otherwise, inner)
                        : new Undefined($"the parameter '{id}' was not given")
                );
            }

            foreach (var (id, value) in arguments.Named)
            {
                if (id == "caller")
                    inner.Set(id, value);
                else if (!macro.Parameters.Any(p => p.Id == id))
                    extra[new Text(id)] = value;
            }

            inner.Set("varargs", new TupleValue([.. arguments.All.Skip(macro.Parameters.Count)]));
            inner.Set("kwargs", extra);
            return Capture(macro.Body, inner);
        });

    private Text Capture(IReadOnlyList<Statement> body, Scope scope)
    {
        var around = output;
        output = new TextBuilder();
        Execute(body, scope);
        (var captured, output) = (output.ToText(), around);
        return captured;
    }

    private object? Evaluate(Expression expression, Scope scope)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        Step(expression.At);
        switch (expression)
        {
            case Constant constant:
                return constant.Value;
            case Name name:
                return scope.Get(name.Id);
            case ListOf list:
                return list.Items.Select(i => Evaluate(i, scope)).ToList();
            case TupleOf tuple:
                return new TupleValue([.. tuple.Items.Select(i => Evaluate(i, scope))]);
            case DictOf dict:
                return Make(dict, scope);
            case AttributeOf attribute:
                return Items.Dot(Defined(attribute.Of, scope), attribute.Id);
            case ItemOf { Index: Slice slice } item:
                return Items.Cut(
                    Defined(item.Of, scope),
                    Bound(slice.From, scope),
                    Bound(slice.To, scope),
                    Bound(slice.Step, scope) ?? 1,
                    item.At,
                    budget
                );
            case ItemOf item:
                return Items.Item(Defined(item.Of, scope), Evaluate(item.Index, scope));
            case Call call:
                if (call.Callee is AttributeOf method)
                {
                    var receiver = Defined(method.Of, scope);
                    budget.Spend(Filters.Cost(receiver));
                    return Invoke(Items.Dot(receiver, method.Id), Arguments(call.Arguments, call, $"'{method.Id}'", scope));
                }

                return Invoke(
                    Evaluate(call.Callee, scope),
                    Arguments(call.Arguments, call, call.Callee is Name called ? $"'{called.Id}'" : "the call", scope)
                );
            case FilterOf filter:
                return Apply(filter, null, scope);
            case TestOf test:
                var subject = Evaluate(test.Of, scope);
                budget.Spend(Filters.Cost(subject));
                return Tests.Apply(test.Id, subject, Arguments(test.Arguments, test, $"the test '{test.Id}'", scope));
            case Unary unary:
                return Evaluate(unary, Evaluate(unary.Of, scope));
            case Binary binary:
                return Operators.Calculate(binary, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope), budget);
            case Logic logic:
                var left = Evaluate(logic.Left, scope);
                return Operators.IsTrue(left) == logic.IsAnd ? Evaluate(logic.Right, scope) : left;
            case Comparison comparison:
                return Evaluate(comparison, scope);
            case Concatenation concatenation:
                var joined = Text.Concat([.. concatenation.Parts.Select(p => PythonText.Print(Evaluate(p, scope), p.At, budget))]);
                budget.Spend(joined.Value.Length);
                return joined;
            case Conditional conditional:
                return Operators.IsTrue(Evaluate(conditional.Condition, scope)) ? Evaluate(conditional.Then, scope)
                    : conditional.Otherwise is { } otherwise ? Evaluate(otherwise, scope)
                    : new Undefined("an 'if' without 'else' was false");
            default:
                throw new JinjaException(expression.At, "a slice stands where a value is needed.");
        }
    }

    private bool Evaluate(Comparison comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (sign, next) in comparison.Rest)
        {
            var right = Evaluate(next, scope);
            budget.Spend(Filters.Cost(left) + Filters.Cost(right));
            var holds = sign switch
            {
                "==" => Operators.AreEqual(left, right, budget),
                "!=" => !Operators.AreEqual(left, right, budget),
                "in" => Contains(),
                "not in" => !Contains(),
                "<" => Compared() < 0,
                "<=" => Compared() <= 0,
                ">" => Compared() > 0,
                _ => Compared() >= 0,
            };
            if (!holds)
                return false;
            left = right;

            bool Contains() =>
                Operators.Contains(right, left, budget)
                ?? throw new JinjaException(comparison.At, $"'{sign}' cannot look for {Operators.Kind(left)} in {Operators.Kind(right)}.");

            int Compared() =>
                Operators.Compare(left, right, budget)
                ?? throw new JinjaException(comparison.At, $"'{sign}' cannot compare {Operators.Kind(left)} and {Operators.Kind(right)}.");
        }

        return true;
    }

    private static object Evaluate(Unary unary, object? value) =>
        (unary.Sign, value) switch
        {
            ("not", _) => !Operators.IsTrue(value),
            ("-", double real) => -real,
            ("-", long whole) => -whole,
            ("-", bool truth) => truth ? -1L : 0L,
            ("+", long or double) => value,
            ("+", bool truth) => truth ? 1L : 0L,
            _ => throw new JinjaException(unary.At, $"'{unary.Sign}' needs a number, got {Operators.Kind(value)}."),
        };

    private Dict Make(DictOf node, Scope scope)
    {
        var dict = new Dict();
        foreach (var (key, value) in node.Items)
        {
            var id = Evaluate(key, scope);
            if (!Dict.IsKey(id))
                throw new JinjaException(key.At, $"{Operators.Kind(id)} cannot be a key.");
            dict[id] = Evaluate(value, scope);
        }

        return dict;
    }

    private object? Defined(Expression expression, Scope scope)
    {
        var value = Evaluate(expression, scope);
        return value is Undefined undefined ? throw new JinjaException(expression.At, Operators.Describe(undefined)) : value;
    }

    private long? Bound(Expression? expression, Scope scope) =>
        expression is null
            ? null
            : Evaluate(expression, scope) switch
            {
                null => null,
                long whole => whole,
                bool truth => truth ? 1 : 0,
                var other => throw new JinjaException(expression.At, $"a slice needs whole numbers, got {Operators.Kind(other)}."),
            };

    private void Write(Text text)
    {
        budget.Spend(text.Value.Length);
        output.Append(text);
    }

    private void Step(Position at)
    {
        budget.At = at;
        budget.Spend();
    }
}
